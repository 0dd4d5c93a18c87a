"""What evaluation shows of a small program."""

import asyncio
from collections.abc import Iterator

import pytest

from services.evaluation.service import service
from tests.services.evaluation.small_program import a_small_program
from tests.shared.web.api import Api, assembled
from tests.shared.web.issuing import Issuer


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """The service over HTTP."""
    scenario, issuer = a_small_program(), Issuer()
    with (
        asyncio.Runner() as runner,
        assembled(service, scenario.executor.submit, scenario.store, issuer.verifier()) as app,
    ):
        yield Api(runner, app, issuer)
