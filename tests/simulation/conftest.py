"""A simulation is quiet; the tests that come after it look at logs."""

import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    configured, level = structlog.get_config(), logging.getLogger("asyncio").level
    with warnings.catch_warnings():
        yield
    structlog.configure(**configured)
    logging.getLogger("asyncio").setLevel(level)
