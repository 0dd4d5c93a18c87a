from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.local.folders import locked
from deploy.local.restarts import Restarts
from deploy.local.settings import LocalSettings
from deploy.local.system import System
from deploy.local.up import app, empty, let_in, welcome
from tests.deploy.local.test_running import running


def run(home: Path, *words: str, typed: str = "", **environment: str) -> Result:
    own = {"ITHACA_HOME": str(home), "KAFKA_BOOTSTRAP": None, "MONGO_URL": None}
    return CliRunner().invoke(app, words, input=typed, env=own | environment)


def home_with_data(home: Path) -> list[Path]:
    """What a system keeps; its data first."""
    files = [home / name for name in ("kafka/data/log", "mongo/data/file", "mail/a.eml", "operator.json", "ports.json")]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}")
    return files


def test_a_second_system_in_the_same_home_is_refused_with_the_first_ones_process(tmp_path: Path) -> None:
    with locked(tmp_path, "Ithaca"):
        result = run(tmp_path)
    assert result.exit_code == 1
    assert "Ithaca already runs in" in result.output
    assert "Stop that one first, or set ITHACA_HOME to another folder" in result.output


def test_data_is_deleted_only_when_that_is_confirmed(tmp_path: Path) -> None:
    files = home_with_data(tmp_path)
    result = run(tmp_path, "--fresh", typed="n\n")
    assert f"Delete all data in {tmp_path}?" in result.output
    assert result.exit_code == 1
    assert all(file.exists() for file in files)


def test_a_fresh_start_keeps_keys_credentials_and_ports(tmp_path: Path) -> None:
    *data, operator, ports = home_with_data(tmp_path)
    empty(LocalSettings(home=tmp_path, kafka_bootstrap=None, mongo_url=None), is_confirmed=True)
    assert not any(file.exists() for file in data)
    assert operator.exists()
    assert ports.exists()


def test_data_that_is_elsewhere_is_not_deleted(tmp_path: Path) -> None:
    files = home_with_data(tmp_path)
    result = run(tmp_path, "--fresh", "--yes", MONGO_URL="mongodb://elsewhere")
    assert result.exit_code == 1
    assert "unset KAFKA_BOOTSTRAP and MONGO_URL" in result.output
    assert all(file.exists() for file in files)


def test_the_welcome_tells_the_addresses_and_how_long_it_took_besides_downloads(tmp_path: Path) -> None:
    text = welcome(System(running(tmp_path), Restarts([]), download_seconds=30.0, mongo_version=""), seconds=42.0)
    assert "it started in 12.0 s, and downloaded for 30.0 s before" in text
    assert "intake        http://127.0.0.1:20000" in text
    assert str(tmp_path / "operator.json") in text
    assert "ithaca tour" in text


def test_a_system_without_a_link_to_sign_in_with_runs_all_the_same_and_says_why(tmp_path: Path) -> None:
    gone = running(tmp_path).model_copy(update={"services": {"intake": "http://127.0.0.1:1"}})
    (tmp_path / "operator.json").write_text('{"client_id": "operator", "client_secret": "s"}')
    text = let_in(System(gone, Restarts([]), 0.0, ""), LocalSettings(home=tmp_path))
    assert text.startswith("There is no link to sign in with: intake does not answer")
    assert "`ithaca sign-in` tries again" in text


@pytest.mark.parametrize(("version", "is_over"), [("6.0.5", True), ("7.0.12", False), ("8.0.4", False)])
def test_the_welcome_tells_which_mongodb_runs_and_when_its_life_has_ended(
    version: str, is_over: bool, tmp_path: Path
) -> None:
    text = welcome(System(running(tmp_path), Restarts([]), 0.0, version), seconds=1.0)
    assert f"databases garden_*, version {version}\n" in text
    advice = f"MongoDB {version} is past its end of life and gets no security fixes: fit for trying, not for production"
    assert (advice in text) is is_over
    assert ("put a mongod of 7.0 or newer on the PATH, or name it in ITHACA_MONGOD" in text) is is_over


def test_a_mongod_that_is_not_there_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    result = run(tmp_path, ITHACA_MONGOD=str(tmp_path / "mongod"))
    assert result.exit_code == 1
    assert f"ITHACA_MONGOD is {tmp_path / 'mongod'}, and there is no such file" in result.output
