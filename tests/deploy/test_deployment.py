"""What a service says of how it is deployed is read from its folder, and refused with a sentence when it cannot be."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.deployment import Misdeclared, deployments, service_names
from shared.installed import GROUP, installed_services, load_service


def test_every_service_that_is_installed_is_listed_and_tokens_come_from_the_first() -> None:
    assert sorted(service_names()) == [service.name for service in installed_services()]
    assert service_names()[0] == "intake"


def test_a_service_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(LookupError, match="there is no service weather: there are console, evaluation, intake"):
        load_service("weather")


@pytest.fixture
def weather(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a service that is installed beside the others."""
    folder, installed = tmp_path / "weather", tmp_path / "weather-1.0.dist-info"
    for one in (folder, installed):
        one.mkdir()
    (folder / "__init__.py").touch()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: weather\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(f"[{GROUP}]\nweather = weather.service:service\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "weather", raising=False)
    deployments.cache_clear()
    yield folder
    deployments.cache_clear()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "weather has no deployment.toml in its folder: write one that says its `port`"),
        ("", "port\n  Field required"),
        ("port = 8003", "sessions and weather have one port, 8003: 8007 is free"),
        ("port = 8006\nmemory = 4", "memory\n  Extra inputs are not permitted"),
        ("port = 8006\npaths = ['oauth']", "paths.0\n  String should match pattern"),
        ("port = 8006\nfiles = {'../key.json' = 'ITHACA_KEY_FILE'}", "files"),
        ("port = 8006\nworker_memory = {request = '1', limit = '2Gi'}", "worker_memory.request"),
        ("port = ", "the deployment.toml of weather cannot be"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(weather: Path, text: str | None, sentence: str) -> None:
    if text is not None:
        (weather / "deployment.toml").write_text(text)
    with pytest.raises(Misdeclared) as refused:
        deployments()
    assert sentence in str(refused.value)
