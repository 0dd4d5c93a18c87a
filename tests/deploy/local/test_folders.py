import os
import socket
from pathlib import Path

import pytest

from deploy.local.folders import LOOPBACK, AlreadyRunning, locked, port
from deploy.local.processes import CannotStart
from deploy.local.settings import LocalSettings


def test_a_folder_has_one_holder_at_a_time(tmp_path: Path) -> None:
    with (
        locked(tmp_path, "Ithaca"),
        pytest.raises(
            AlreadyRunning, match=f"Ithaca already runs in .*, as process {os.getpid()}. Stop that one first"
        ),
        locked(tmp_path, "Ithaca"),
    ):
        pass


def test_a_folder_that_was_let_go_can_be_held_again(tmp_path: Path) -> None:
    for _ in range(2):
        with locked(tmp_path, "Ithaca"):
            assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_a_new_folder_belongs_to_its_user_alone(tmp_path: Path) -> None:
    with locked(tmp_path / "a" / "home", "Ithaca"):
        assert (tmp_path / "a" / "home").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(CannotStart, match=r"Not a directory\. Set ITHACA_HOME"),
        locked(tmp_path / "file" / "home", "Ithaca"),
    ):
        pass


def test_a_port_is_remembered(tmp_path: Path) -> None:
    assert port(tmp_path, "kafka") == port(tmp_path, "kafka")


def test_two_names_have_two_ports(tmp_path: Path) -> None:
    assert port(tmp_path, "kafka") != port(tmp_path, "mongo")


def test_a_port_that_was_taken_is_chosen_anew_and_remembered(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, port(tmp_path, "kafka"))) as taken:
        chosen = port(tmp_path, "kafka")
        assert chosen != taken.getsockname()[1]
    assert port(tmp_path, "kafka") == chosen


def test_a_broken_list_of_ports_is_refused_with_its_name_and_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text('{"kafka": "high"}')
    with pytest.raises(CannotStart, match=r"ports\.json is not a list of ports by name\. Delete it"):
        port(tmp_path, "kafka")


def test_the_home_is_in_the_users_data_unless_it_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ITHACA_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert LocalSettings().home == tmp_path / "ithaca"
    monkeypatch.setenv("ITHACA_HOME", str(tmp_path / "elsewhere"))
    assert LocalSettings().home == tmp_path / "elsewhere"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ITHACA_HOME", "here")
    assert LocalSettings().home == tmp_path / "here"
