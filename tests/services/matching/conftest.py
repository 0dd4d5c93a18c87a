"""A pool with a published run, to look at over HTTP."""

from collections.abc import Iterator

import pytest

from tests.services.matching.over_http import Pool
from tests.shared.web.api import Api, asking


@pytest.fixture(scope="session")
def pool() -> Pool:
    return Pool()


@pytest.fixture(scope="session")
def api(pool: Pool) -> Iterator[Api]:
    with asking(pool.scenario) as api:
        yield api
