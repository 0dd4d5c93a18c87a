"""The service that gives tokens, over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.intake.identity.issuing import add_person, issuing, sign_in_operator
from tests.shared.web.api import Api


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Nobody has a token; Ada is known in acme."""
    with issuing(tmp_path) as found:
        sign_in_operator(found)
        add_person(found)
        found.token = None
        yield found
