"""Intake over HTTP."""

from collections.abc import Iterator

import pytest

from services.intake.service import service
from tests.services.intake.over_http import as_client
from tests.shared.web.api import Api, running


@pytest.fixture
def api() -> Iterator[Api]:
    """Requests are an HR system's of acme, which has onboarded."""
    with running(service) as api:
        api.token = api.issuer.token(kind="operator", tenant=None, sub="root")
        api.post("/v1/organizations", {"slug": "acme", "name": "Acme Labs", "time_zone": "Europe/Berlin"})
        as_client(api)
        yield api
