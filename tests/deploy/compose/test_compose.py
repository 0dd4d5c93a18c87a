"""compose.yaml is what Compose reads, and tells the services what they know."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it comes without types

from deploy.deployment import service_names
from shared.installed import load_service

pytestmark = pytest.mark.real

FILE = Path(__file__).parents[3] / "deploy" / "compose.yaml"


def services() -> dict[str, dict[str, Any]]:
    """What it starts, by name."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
    return found


def compose(file: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What Compose says of the file."""
    if not (found := shutil.which("docker-compose")):
        pytest.skip("docker-compose is not there, so compose.yaml was not read by it: apt-get install docker-compose")
    words = [found, "--file", str(file), "config", "--quiet"]
    return subprocess.run(words, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_compose_reads_it() -> None:
    done = compose(FILE, ITHACA_OPERATOR_CLIENT_SECRET="x" * 32)
    assert done.returncode == 0, done.stderr


def test_compose_finds_a_mistake(tmp_path: Path) -> None:
    (tmp_path / FILE.name).write_text(FILE.read_text().replace("healthcheck:", "healthchecks:", 1))
    assert compose(tmp_path / FILE.name, ITHACA_OPERATOR_CLIENT_SECRET="x" * 32).returncode != 0


def test_without_the_operators_secret_it_says_what_to_set() -> None:
    done = compose(FILE, ITHACA_OPERATOR_CLIENT_SECRET="")
    assert done.returncode != 0
    assert "openssl rand" in done.stderr


@pytest.mark.parametrize("service", service_names())
def test_a_service_starts_when_its_migration_is_over_with_the_same_settings(service: str) -> None:
    runs, migrates = services()[service], services()[f"{service}-migrate"]
    assert runs["depends_on"] == {f"{service}-migrate": {"condition": "service_completed_successfully"}}
    assert runs["environment"] == migrates["environment"]
    assert {"kafka", "mongo"} <= set(migrates["depends_on"])
    assert runs["read_only"]
    assert runs["cap_drop"] == ["ALL"]
    assert "/readyz" in runs["healthcheck"]["test"][-1]


@pytest.mark.parametrize("service", service_names())
def test_every_setting_is_one_that_the_service_has(service: str) -> None:
    told = set(services()[service]["environment"])
    assert told <= set(load_service(service).settings.names())
