import gc
import signal
from collections.abc import Iterator

import pytest
import structlog

pytest_plugins = ["tests.real", "tests.workers"]


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not in what was loaded: that took an eighth of all tests' time."""
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(scope="session", autouse=True)
def interrupts_are_heard() -> Iterator[None]:
    """As in a terminal, even if the tests run in the background of a script, where SIGINT is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session", autouse=True)
def tracebacks_are_plain() -> None:
    """A library that draws them in colors and boxes took more time than all other tests together."""
    structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback
