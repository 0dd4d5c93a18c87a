"""The real broker and database for every suite: what the environment names, or else parts of this run.

These are child processes, or containers where ITHACA_TEST_PARTS says `containers`. Workers that run tests side by side
share them. What asks for them is marked `real`; a test that starts another program says so itself, or is refused.
"""

import os
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from fcntl import LOCK_EX, LOCK_SH, flock
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

PARTS = frozenset({"kafka_bootstrap", "mongo_url"})
"""The fixtures that give a real part."""

QUICK = {"git", "ruff"}
"""Programs that cost next to nothing."""

KINDS = ("processes", "containers")
"""Modules of this package, loaded by those tests only that need what they start."""


running: pytest.Item | None = None
"""The test that runs now."""


def pytest_configure(config: pytest.Config) -> None:
    """See to it that no test starts a program without saying so."""
    config.addinivalue_line("markers", "real: starts a broker, a database or another program; not in `make test-fast`")
    config.addinivalue_line("markers", "long: many seconds of a processor for a question; not in `make test-fast`")
    sys.addaudithook(refuse_unmarked)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a broker or a database."""
    for item in items:
        if PARTS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.real)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Know which test runs, its fixtures included."""
    global running
    running = item
    try:
        return (yield)
    finally:
        running = None


def refuse_unmarked(event: str, arguments: tuple[Any, ...]) -> None:
    """Of all that Python reports, look at the programs that are started."""
    if event != "subprocess.Popen" or running is None or running.get_closest_marker("real"):
        return
    if (program := Path(os.fsdecode(arguments[0])).name) not in QUICK:
        raise AssertionError(f"{running.nodeid} starts {program}: mark it with `pytest.mark.real`")


def part(name: str) -> AbstractContextManager[str]:
    """The address of a broker or a database of this run."""
    kind = os.environ.get("ITHACA_TEST_PARTS", "processes")
    if kind not in KINDS:
        pytest.exit(f"ITHACA_TEST_PARTS is {kind!r}: set it to {' or '.join(KINDS)}", returncode=2)
    started: AbstractContextManager[str] = getattr(import_module(f"tests.{kind}"), name)()
    return started


@contextmanager
def shared(start: Callable[[], AbstractContextManager[str]], note: Path) -> Iterator[str]:
    """The address of a part that several processes use: the first starts it, and stops it when no other uses it.

    The address stands in `note`, whose lock is shared by those who use the part, and held alone to start or stop it.
    """
    is_ours = False
    with ExitStack() as started, note.open("a") as file:
        flock(file, LOCK_SH)
        while not (address := note.read_text()):
            flock(file, LOCK_EX)
            if not note.read_text():
                is_ours = bool(note.write_text(started.enter_context(start())))
            flock(file, LOCK_SH)
        yield address
        if is_ours:
            flock(file, LOCK_EX)
            note.write_text("")


def given_or_shared(setting: str, name: str, factory: pytest.TempPathFactory) -> AbstractContextManager[str]:
    """What the environment names, or else a part of this run and of the workers beside it."""
    if given := os.environ.get(setting):
        return nullcontext(given)
    folder = factory.getbasetemp()
    return shared(partial(part, name), (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / name)


@pytest.fixture(scope="session")
def kafka_bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker: KAFKA_BOOTSTRAP, or one that is started once and thrown away at the end."""
    with given_or_shared("KAFKA_BOOTSTRAP", "kafka", tmp_path_factory) as address:
        yield address


@pytest.fixture(scope="session")
def mongo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a replica set: MONGO_URL, or one that is started once and thrown away at the end."""
    with given_or_shared("MONGO_URL", "mongo", tmp_path_factory) as address:
        yield address
