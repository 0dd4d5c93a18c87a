"""`ithaca doctor`: one report for all services of the system on this machine."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.running import announced
from deploy.local.surroundings import Surroundings
from deploy.operate.doctor import app, surroundings_of
from deploy.operate.examination import merged
from shared.doctor.finding import Examined, Finding, Level, Part
from tests.deploy.local.test_running import running


def found(part: Part, sentence: str) -> Finding:
    return Finding(part=part, name="x", level=Level.OK, found=sentence)


def about(service: str, *findings: Finding) -> Examined:
    return Examined(services=[service], cell="acme", version="1.2.3", findings=list(findings))


def test_without_a_system_the_way_to_start_one_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [], env={"ITHACA_HOME": str(tmp_path)})
    assert result.exit_code == 1
    assert result.stderr.startswith(f"No system runs in {tmp_path}. Start one with `ithaca up`")


def test_a_service_that_there_is_not_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--service", "billing"], env={"ITHACA_HOME": str(tmp_path)})
    assert result.exit_code == 2
    assert "There is no service billing" in result.stderr


def test_what_holds_for_all_is_said_once_and_the_rest_with_names() -> None:
    same, one, other = found(Part.BROKER, "three"), found(Part.DATABASE, "five"), found(Part.DATABASE, "six")
    whole = merged([about("intake", same, one), about("matching", same, other), about("notify", same, one)])
    assert whole.services == ["intake", "matching", "notify"]
    assert [finding.found for finding in whole.findings] == ["three", "intake, notify: five", "matching: six"]


def test_the_settings_of_a_running_system_are_found_again(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text(json.dumps({"mail": 20_001, "intake": 20_000}))
    with announced(running(tmp_path), tmp_path):
        assert surroundings_of(tmp_path) == Surroundings(
            tmp_path,
            "garden",
            "127.0.0.1:9092",
            "mongodb://127.0.0.1:27017",
            20_001,
            {"mail": 20_001, "intake": 20_000},
        )


@pytest.mark.real
def test_a_system_whose_broker_and_database_are_away_is_told_so_in_json(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ports.json").write_text(json.dumps({"mail": 20_001, "intake": 20_000, "sessions": 20_002}))
    away = running(tmp_path).model_copy(
        update={"kafka_bootstrap": "127.0.0.1:9", "mongo_url": "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=500"}
    )
    with announced(away, tmp_path):
        result = CliRunner().invoke(app, ["--service", "sessions", "--json"], env={"ITHACA_HOME": str(tmp_path)})
    assert result.exit_code == 1
    told = Examined.model_validate_json(capfd.readouterr().out)
    wrong = {finding.part for finding in told.findings if finding.level is Level.WRONG}
    assert wrong == {Part.BROKER, Part.DATABASE, Part.SERVICES}
