"""What evaluation shows of a small program."""

from collections.abc import Iterator

import pytest

from tests.services.evaluation.small_program import a_small_program
from tests.shared.web.api import Api, asking


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """The service over HTTP."""
    scenario = a_small_program()
    with asking(scenario) as found:
        yield found
