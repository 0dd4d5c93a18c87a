"""The service that gives tokens, over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.intake.identity.devices import Device
from tests.services.intake.identity.issuing import add_person, issuing, sign_in_operator
from tests.services.intake.identity.passkeys import add, be
from tests.shared.web.api import Api


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Nobody has a token; Ada is known in acme."""
    with issuing(tmp_path) as found:
        sign_in_operator(found)
        add_person(found)
        found.token = None
        yield found


@pytest.fixture
def device(api: Api) -> Device:
    """What Ada signs in with; nobody has a token."""
    device = Device()
    be(api)
    assert add(api, device).status_code == 201
    api.token = None
    return device
