"""Which mongod runs: that which is named, else a maintained one on the PATH, else the wheel's."""

import sys
from pathlib import Path

import pytest

from deploy.local.mongod import NOTE, choose
from deploy.local.processes import CannotStart
from deploy.local.settings import LocalSettings
from tests.deploy.local.programs import mongod_of, program, without_curl

pytestmark = pytest.mark.real


def chosen(folder: Path, named: Path | None = None, told: list[str] | None = None) -> str:
    return choose(named, folder, (told if told is not None else []).append).version


def put_on_the_path(patch: pytest.MonkeyPatch, *programs: Path) -> None:
    patch.setenv("PATH", ":".join(["/nowhere", *(str(one.parent) for one in programs)]))


def data_of(folder: Path, series: str = "") -> Path:
    """A folder with data that this series of MongoDB has written; without a note, if none is said."""
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "WiredTiger").touch()
    if series:
        (folder / NOTE).write_text(series)
    return folder


def test_the_first_on_the_path_that_is_maintained_runs_before_the_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, broken = mongod_of(tmp_path / "old", "4.4.29"), program(tmp_path / "broken", "oh no", code=3)
    seven, eight = mongod_of(tmp_path / "seven", "7.0.12-7"), mongod_of(tmp_path / "eight", "8.0.4")
    put_on_the_path(monkeypatch, old, broken, seven, eight)
    told: list[str] = []
    assert chosen(tmp_path, told=told) == "7.0.12-7"
    assert told == [f"MongoDB: passed over, {broken} is no mongod: asked for its version, it says 'oh no'."]
    assert (tmp_path / NOTE).read_text() == "7.0"


@pytest.mark.parametrize("version", ["4.4.29", "6.0.27"])
def test_one_on_the_path_that_is_not_maintained_gives_way_to_the_wheels(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_the_path(monkeypatch, mongod_of(tmp_path / "old", version))
    assert chosen(tmp_path) == "6.0.5"


def test_without_a_wheel_one_on_the_path_runs_with_which_we_are_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fiftyone", None)
    put_on_the_path(monkeypatch, mongod_of(tmp_path / "old", "6.0.27"))
    assert chosen(tmp_path) == "6.0.27"


def test_where_there_is_none_it_is_said_how_to_have_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fiftyone", None)
    put_on_the_path(monkeypatch, mongod_of(tmp_path / "old", "4.4.29"))
    with pytest.raises(CannotStart, match=r"no wheel for .*7\.0 or newer on the PATH.*ITHACA_MONGOD.*set MONGO_URL"):
        chosen(tmp_path)


@pytest.mark.parametrize("version", ["6.0.27", "7.0.12", "8.0.4", "8.2.1-rc0", "10.0.0"])
def test_the_one_that_is_named_runs_whatever_is_on_the_path(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_the_path(monkeypatch, mongod_of(tmp_path / "path", "7.0.1"))
    assert chosen(tmp_path, mongod_of(tmp_path / "named", version)) == version


def test_one_that_is_named_and_cannot_be_used_says_why_and_what_to_do(tmp_path: Path) -> None:
    plain, empty = tmp_path / "plain", tmp_path / "empty"
    plain.write_text("text")
    empty.touch(0o755)
    for named, reason in {
        tmp_path / "missing": "and there is no such file",
        tmp_path: "which is a folder",
        Path("/dev/null"): "which is no file",
        plain: "which may not be executed",
        empty: "Exec format error",
        Path("/bin/echo"): "is no mongod: asked for its version, it says 'echo",
        program(tmp_path / "silent", ""): "is no mongod: asked for its version, it says ''",
        mongod_of(tmp_path / "old", "5.0.31"): "which is too old: Ithaca needs 6.0",
        mongod_of(tmp_path / "older", "4.4.29"): "which is too old",
    }.items():
        with pytest.raises(CannotStart) as refused:
            chosen(tmp_path, named)
        assert str(refused.value).startswith("ITHACA_MONGOD")
        assert str(named) in str(refused.value)
        assert reason in str(refused.value)
        assert "unset ITHACA_MONGOD" in str(refused.value)


def test_data_goes_on_with_the_series_that_has_written_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_the_path(monkeypatch, eight := mongod_of(tmp_path / "eight", "8.0.4"))
    told: list[str] = []
    assert chosen(data_of(tmp_path / "old"), told=told) == "6.0.5"
    sentence = f"mongod 8.0.4 ({eight}) cannot open the data in {tmp_path / 'old'}, which MongoDB 6.0 has written"
    anew = "To begin anew, without that data: `ithaca up --fresh`"
    assert told == [f"MongoDB: {sentence}: 6.0.5 goes on with it. {anew}"]
    assert chosen(data_of(tmp_path / "new", "8.0")) == "8.0.4"


def test_data_that_no_program_here_can_open_is_neither_opened_nor_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_the_path(monkeypatch)
    home, eight = data_of(tmp_path, "7.0"), mongod_of(tmp_path / "eight", "8.0.4")
    with pytest.raises(CannotStart, match=r"which MongoDB 7\.0 has written.*--fresh.*or set MONGO_URL"):
        chosen(home)
    with pytest.raises(CannotStart, match=r"which MongoDB 7\.0 has written.*--fresh.*or unset ITHACA_MONGOD"):
        chosen(home, eight)
    assert (home / NOTE).read_text() == "7.0"


def test_a_program_that_never_wrote_anything_does_not_bind_the_next(tmp_path: Path) -> None:
    assert chosen(tmp_path, mongod_of(tmp_path / "eight", "8.0.4")) == "8.0.4"
    assert chosen(tmp_path, mongod_of(tmp_path / "seven", "7.0.4")) == "7.0.4"


def test_a_missing_library_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_the_path(monkeypatch)
    monkeypatch.setenv("LD_LIBRARY_PATH", without_curl(tmp_path))
    with pytest.raises(CannotStart, match=r"(?s)libcurl\.so\.4.*apt-get install libcurl4; or set MONGO_URL"):
        chosen(tmp_path)


def test_the_setting_is_a_path_from_where_the_command_runs_and_nothing_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ITHACA_MONGOD", "bin/mongod")
    assert LocalSettings().mongod == tmp_path / "bin" / "mongod"
    monkeypatch.setenv("ITHACA_MONGOD", "")
    assert LocalSettings().mongod is None
