import signal
from collections.abc import Iterator

import pytest

pytest_plugins = ["tests.real"]


@pytest.fixture(scope="session", autouse=True)
def interrupts_are_heard() -> Iterator[None]:
    """As in a terminal, even if the tests run in the background of a script, where SIGINT is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
