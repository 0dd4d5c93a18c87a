from pathlib import Path

import pytest

from deploy.local.processes import CannotStart
from deploy.local.running import FILE
from deploy.local.settings import LocalSettings
from deploy.local.system import local_system


def nowhere(home: Path) -> LocalSettings:
    """A broker and a database that are not there, so that none is started."""
    return LocalSettings(home=home, kafka_bootstrap="127.0.0.1:1", mongo_url="mongodb://127.0.0.1:1")


@pytest.mark.real
def test_a_setting_that_is_wrong_is_named_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITHACA_BATCH_LIMIT", "7")
    (tmp_path / FILE).write_text("{}")
    told: list[str] = []
    with pytest.raises(CannotStart, match=r"ITHACA_BATCH_LIMIT: .*50"), local_system(nowhere(tmp_path), told.append):
        pass
    assert not (tmp_path / FILE).exists()
    assert told == ["topics and collections: making those that are missing"]
    assert (tmp_path / "ports.json").exists()


def test_a_broker_and_a_database_that_run_elsewhere_are_taken_from_either_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ITHACA_KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "broker:9092")
    monkeypatch.setenv("MONGO_URL", "mongodb://one")
    monkeypatch.setenv("ITHACA_MONGO_URL", "mongodb://other")
    settings = LocalSettings()
    assert (settings.kafka_bootstrap, settings.mongo_url) == ("broker:9092", "mongodb://other")
