"""One event loop for each test, which goes on from one step of the test to the next."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, Protocol, TypeVar

import pytest

T = TypeVar("T")


class Run(Protocol):
    """Runs one step of a test to its end; what it has started goes on in the next step."""

    def __call__(self, step: Coroutine[Any, Any, T], /) -> T: ...


@pytest.fixture
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        yield runner.run
