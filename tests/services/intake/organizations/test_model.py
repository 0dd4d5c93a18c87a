"""An organization onboards once, under a slug of its own."""

import pytest

from services.intake.organizations.model import Organization, SlugTaken
from shared.contracts.intake import OrganizationRegistered
from shared.ids import TenantId


def test_registering_tells_the_others() -> None:
    acme = Organization(id="acme")
    assert acme.register("Acme Labs", "de", "Europe/Berlin") == [
        OrganizationRegistered(
            organization_id=TenantId("acme"), name="Acme Labs", locale="de", time_zone="Europe/Berlin"
        )
    ]


def test_a_slug_that_is_taken_is_refused_and_the_owner_stays() -> None:
    acme = Organization(id="acme")
    acme.register("Acme Labs", "de", "Europe/Berlin")
    with pytest.raises(SlugTaken, match="choose a different one"):
        acme.register("Another Acme", "en", "UTC")
    assert acme.name == "Acme Labs"
