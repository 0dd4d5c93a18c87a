"""Services to ask, for every test of the operators' commands."""

from collections.abc import Iterator

import pytest

from tests.deploy.operate.speaking import Speaking, speaking


@pytest.fixture
def services() -> Iterator[Speaking]:
    """Services that speak the operators' interface."""
    with speaking() as services:
        yield services
