"""A choir in which two people sing."""

from collections.abc import Iterator

import pytest

from tests.shared.web.trail.asking import Choir, singing


@pytest.fixture
def api() -> Iterator[Choir]:
    """Ada and ben sing in `north`."""
    with singing() as found:
        yield found
