"""Alerts come when they should, each with a page that says what to do; they and the dashboard know their metrics."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it comes without types

from shared.observe import metrics
from tests.deploy.k8s.rendering import MANIFESTS, Object

pytestmark = pytest.mark.real

RUNBOOKS = MANIFESTS.parents[1] / "docs" / "runbooks"
CASES = Path(__file__).parent / "alerts.yaml"


def rules() -> Object:
    """The groups of alert rules, as Prometheus reads them."""
    spec: Object = yaml.safe_load((MANIFESTS / "platform" / "alerts.yaml").read_text())["spec"]
    return spec


def alerts() -> list[Object]:
    return [rule for group in rules()["groups"] for rule in group["rules"]]


def promtool(folder: Path) -> subprocess.CompletedProcess[str]:
    """What promtool says of the cases against the rules in a folder."""
    if not (found := shutil.which("promtool")):
        pytest.skip("promtool is not there, so no alert was tried: apt-get install prometheus")
    shutil.copy(CASES, folder)
    return subprocess.run([found, "test", "rules", folder / CASES.name], capture_output=True, text=True, check=False)


def test_each_alert_comes_when_it_should_and_none_while_all_is_well(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules()))
    done = promtool(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("change", [("> 60", "> 600"), ("== 0", "== 1")])
def test_a_wrong_threshold_is_found(tmp_path: Path, change: tuple[str, str]) -> None:
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules()).replace(*change))
    assert promtool(tmp_path).returncode != 0


def test_each_alert_has_a_case() -> None:
    cases = {case["name"] for case in yaml.safe_load(CASES.read_text())["tests"]}
    assert {alert["alert"] for alert in alerts()} == cases - {"all is well"}


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_each_alert_says_what_it_is_how_bad_and_what_to_do(alert: Object) -> None:
    page = RUNBOOKS / (alert["annotations"]["runbook_url"].rpartition("/")[2] + ".md")
    text = page.read_text()
    assert alert["alert"] in text
    for heading in ("## What it means", "## What to look at", "## What to do"):
        assert heading in text
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert "$labels.cell" in alert["annotations"]["summary"]


def test_alerts_and_dashboard_know_their_metrics() -> None:
    dashboard = json.loads((MANIFESTS / "platform" / "dashboard.json").read_text())
    asked = [alert["expr"] for alert in alerts()] + [t["expr"] for p in dashboard["panels"] for t in p["targets"]]
    named = set(re.findall(r"\b(?:ithaca|messaging)_\w+", " ".join(asked)))
    known = {line.split()[2] for line in metrics.text().decode().splitlines() if line.startswith("# TYPE")}
    assert named
    assert {re.sub("_(bucket|count|sum)$", "", name) for name in named} <= known
