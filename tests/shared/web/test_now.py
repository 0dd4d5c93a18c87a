"""Queries have the time that commands have: an organization's own, if it is a sandbox."""

import asyncio
from datetime import datetime, timedelta

import pytest

from shared.engine.authoring.grants import PERSON
from shared.engine.authoring.sandbox_clock import SandboxClock
from shared.engine.authoring.service import Service
from shared.settings import Settings
from shared.web.app import create_app
from shared.web.now import DatabaseNow, Now
from shared.web.routes import Routes
from tests.scenario import Scenario
from tests.shared.web.api import Api
from tests.shared.web.issuing import Issuer

AHEAD = timedelta(days=117)

router = Routes(allow=(PERSON,))


@router.get("/times")
async def show_times(now: Now, by_database: DatabaseNow) -> dict[str, datetime]:
    """Show both."""
    return {"now": now, "by_database": by_database}


def times(tenant: str, moved: bool) -> dict[str, datetime]:
    """What a query of a tenant has, after the sandbox's clock was moved or before."""
    scenario, issuer = Scenario(Service("garden", "Garden", [], [], [router]), "sandbox-acme"), Issuer()
    if moved:
        scenario.given(SandboxClock(id="sandbox-acme", offset_ms=AHEAD // timedelta(milliseconds=1)))
    with asyncio.Runner() as runner:
        app = create_app(scenario.service, scenario.executor.submit, scenario.store, Settings(), issuer.verifier())
        api = Api(runner, app, issuer)
        api.token = issuer.token(tenant=tenant)
        return {name: datetime.fromisoformat(time) for name, time in api.get("/v1/times").json().items()}


@pytest.mark.parametrize(
    ("tenant", "moved", "ahead"),
    [("sandbox-acme", True, AHEAD), ("sandbox-acme", False, timedelta()), ("acme", True, timedelta())],
)
def test_a_query_is_of_the_organizations_time(tenant: str, moved: bool, ahead: timedelta) -> None:
    found = times(tenant, moved)
    assert found["now"] - found["by_database"] - ahead < timedelta(seconds=10)
    assert found["now"] - found["by_database"] >= ahead - timedelta(seconds=10)
