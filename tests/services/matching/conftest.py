"""A pool with a published run, to look at over HTTP."""

from collections.abc import Iterator

import pytest

from tests.services.matching.over_http import Pool, running
from tests.shared.web.api import Api


@pytest.fixture(scope="session")
def pool() -> Pool:
    return Pool()


@pytest.fixture(scope="session")
def api(pool: Pool) -> Iterator[Api]:
    with running(pool.scenario) as api:
        yield api
