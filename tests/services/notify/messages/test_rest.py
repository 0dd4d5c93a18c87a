"""While an organization is suspended its letters wait, but the one that says so does not."""

from datetime import timedelta

from shared.contracts.access import PersonSuspended
from shared.contracts.suspension import OrganizationResumed, OrganizationSuspended, SuspensionReason
from shared.ids import TenantId
from tests.services.notify.harbor import ADA, BEN, SUBMITTED, at, harbor, notified

SUSPENDED = OrganizationSuspended(
    organization_id=TenantId("acme"), reason=SuspensionReason.PAYMENT, admins=(ADA, BEN), change=1
)
RESUMED = OrganizationResumed(organization_id=TenantId("acme"), admins=(ADA, BEN), change=2)


def test_every_admin_is_written_to_at_once_without_a_timer_that_would_rest() -> None:
    scenario = at(harbor(), timedelta(hours=14))
    scenario.when(SUSPENDED)
    found = [(one.person_id, one.draft.template, one.draft.reason) for one in notified(scenario)]
    assert found == [(ADA, "organization_suspended", "payment"), (BEN, "organization_suspended", "payment")]
    assert (len(scenario.asked()), scenario.planned()) == (2, {})
    scenario.when(RESUMED)
    assert len(scenario.asked()) == 4
    scenario.when(SUSPENDED)
    assert len(scenario.asked()) == 4, "what comes once more is said once"


def test_an_organization_without_an_admin_has_nobody_to_write_to() -> None:
    scenario = harbor(SUSPENDED.model_copy(update={"admins": ()}))
    assert (notified(scenario), scenario.asked()) == ([], [])


def test_other_letters_wait_for_a_timer() -> None:
    scenario = harbor(SUBMITTED)
    scenario.when(PersonSuspended(access_id="person/ada", person_id=ADA, change=1))
    assert (len(scenario.asked()), len(scenario.planned())) == (0, 2)
