"""Services to ask, for every test of the operators' commands."""

from collections.abc import Iterator

import pytest

from tests.deploy.operate.speaking import Speaking, speaking


@pytest.fixture(scope="session")
def spoken() -> Iterator[Speaking]:
    """The server of all tests: stopping one takes longer than a test."""
    with speaking() as services:
        yield services


@pytest.fixture
def services(spoken: Speaking) -> Speaking:
    """Services that speak the operators' interface."""
    spoken.forget()
    return spoken
