"""What is asked of an organization that is suspended is refused with a sentence, by every process of every service."""

from datetime import timedelta
from typing import Any

import pytest

from shared.contracts.event import Event
from shared.contracts.suspension import OrganizationResumed, OrganizationSuspended, SuspensionReason
from shared.engine.authoring.followed_access import FOLLOWED_ACCESS
from shared.engine.authoring.service import Service
from shared.engine.authoring.suspensions import Suspension
from shared.errors import OrganizationIsSuspended
from shared.ids import TenantId
from shared.installed import installed_services
from shared.web.revocations import APART
from tests.scenario import Scenario
from tests.shared.web.test_revocations import Gate, hears

SUSPENDED = OrganizationSuspended(organization_id=TenantId("acme"), reason=SuspensionReason.OTHER, change=1)
RESUMED = OrganizationResumed(organization_id=TenantId("acme"), change=2)


class Door(Gate):
    """A process whose service hears of suspensions."""

    def __init__(self) -> None:
        super().__init__()
        self.scenario = Scenario(Service("shop", title="Shop", emits=[], handles=FOLLOWED_ACCESS))
        self.scenario.store = self.store
        self.scenario.executor.store = self.store

    def hear(self, event: Event) -> None:
        """Have the service hear of something; half a second later its processes have looked."""
        self.scenario.now += timedelta(seconds=1)
        self.scenario.when(event)
        self.clock.move(seconds=APART.total_seconds())

    def says(self, **claims: Any) -> str:
        """What is said to who shows a token."""
        try:
            return "revoked" if self.refuses(self.issuer.token(**claims)) else "come in"
        except OrganizationIsSuspended as refusal:
            return f"{refusal.status} {refusal.code}"


SAID = "403 organization-is-suspended"


@pytest.mark.parametrize("claims", [{}, {"kind": "client"}])
def test_people_and_clients_are_refused_until_their_organization_goes_on(claims: dict[str, Any]) -> None:
    door = Door()
    assert door.says(**claims) == "come in"
    door.hear(SUSPENDED)
    assert door.says(**claims) == SAID
    door.hear(RESUMED)
    assert door.says(**claims) == "come in"


def test_others_and_operators_come_in() -> None:
    door = Door()
    door.hear(SUSPENDED)
    assert door.says(tenant="beta") == door.says(kind="operator", sub="ops") == "come in"


def test_it_lasts_however_long_ago_it_was() -> None:
    door = Door()
    door.hear(SUSPENDED)
    door.clock.move(days=400)
    assert door.says() == SAID


def test_a_suspension_that_comes_once_more_takes_no_later_resumption_back() -> None:
    door = Door()
    for event in (SUSPENDED, RESUMED, SUSPENDED):
        door.hear(event)
    assert door.says() == "come in"
    assert not door.scenario.get(Suspension, "acme").is_suspended


def test_every_service_hears_of_it() -> None:
    events = (OrganizationSuspended, OrganizationResumed)
    assert [one.name for one in installed_services() for event in events if not hears(one, event)] == []
