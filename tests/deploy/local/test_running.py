import stat
from pathlib import Path

import pytest

from deploy.local.processes import CannotStart
from deploy.local.running import FILE, Running, announced, found


def running(home: Path) -> Running:
    return Running(
        cell="garden",
        kafka_bootstrap="127.0.0.1:9092",
        mongo_url="mongodb://127.0.0.1:27017",
        services={"intake": "http://127.0.0.1:20000"},
        processes={"intake": 4711},
        operator_file=home / "operator.json",
        mail_folder=home / "mail",
        log_folder=home / "logs",
    )


def test_a_system_that_runs_is_found_until_it_ends(tmp_path: Path) -> None:
    with announced(running(tmp_path), tmp_path):
        assert found(tmp_path) == running(tmp_path)
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    with pytest.raises(CannotStart, match="starting or stopping"):
        found(tmp_path)


def test_what_a_crash_has_left_behind_is_replaced(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}")
    with announced(running(tmp_path), tmp_path):
        assert found(tmp_path) == running(tmp_path)


def test_a_system_that_is_still_starting_is_not_taken_for_one_that_runs(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"cell": "gar')
    with pytest.raises(CannotStart, match="try again when `ithaca up` says that it runs"):
        found(tmp_path)
