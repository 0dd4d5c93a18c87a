"""Onboarding, on the engine, in memory."""

from services.intake.organizations.commands import RegisterOrganization
from services.intake.organizations.model import Organization
from services.intake.service import service
from shared.contracts.intake import OrganizationRegistered
from tests.scenario import Scenario
from tests.services.intake.builders import id_of


def test_an_organization_is_registered_under_its_slug() -> None:
    given = Scenario(service, tenant="acme", actor="operator/root")
    answer = given.when(RegisterOrganization(slug="acme", name="Acme Labs", locale="de", time_zone="Europe/Berlin"))
    assert (answer.status, id_of(answer)) == (201, "acme")
    assert given.get(Organization, "acme").name == "Acme Labs"
    assert [type(event) for event in given.events()] == [OrganizationRegistered]
