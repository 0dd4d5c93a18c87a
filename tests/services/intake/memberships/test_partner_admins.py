"""Who looks after an organization's people in another one's program: the grant, and what it does not open."""

from typing import Any

import pytest

from services.intake.memberships.commands import GrantRole, RevokeRole
from services.intake.memberships.model.invitation import RoleInvitation
from shared.contracts.roles import PartnerAdminGranted, PartnerAdminInvited, PartnerAdminRevoked
from shared.engine.authoring.answer import Answer
from shared.engine.authoring.held_roles import HeldRoles
from tests.scenario import Scenario
from tests.services.intake.memberships.test_commands import (
    ADMIN,
    MANAGER,
    OPERATOR,
    PROGRAM,
    accept,
    code,
    invite,
    names,
    roles_of,
    scenario,
)

THEIRS: dict[str, Any] = {"role": "partner_admin", "program_id": "harbor-program", "host": "harbor"}


def grant(given: Scenario, actor: str = ADMIN, **changed: Any) -> Answer:
    command = GrantRole.model_validate({"person_id": "ada"} | THEIRS | changed)
    return given.when(command, actor, roles=roles_of(given, actor))


def test_an_admin_gives_and_takes_the_role_for_a_program_of_another_organization() -> None:
    given = scenario()
    assert grant(given).status == 200
    assert names(given, "ada") == {"partner_admin:harbor-program"}
    assert given.get(HeldRoles, "ada").roles == ("partner_admin:harbor-program",)
    assert code(grant(given)) == "role-given-already"
    taken = given.when(RevokeRole.model_validate({"person_id": "ada"} | THEIRS), ADMIN, roles=["admin"])
    assert (taken.status, names(given, "ada"), given.get(HeldRoles, "ada").roles) == (200, set(), ())
    granted, revoked = given.events(PartnerAdminGranted, PartnerAdminRevoked)
    assert isinstance(granted, PartnerAdminGranted)
    assert isinstance(revoked, PartnerAdminRevoked)
    assert (granted.host, granted.program_id, granted.change, revoked.change) == ("harbor", "harbor-program", 1, 2)


def test_one_is_invited_and_accepts() -> None:
    given = scenario()
    assert invite(given, "ada@example.org", ADMIN, **THEIRS).status == 201
    (invited,) = given.events(PartnerAdminInvited)
    assert isinstance(invited, PartnerAdminInvited)
    assert accept(given, given.get(RoleInvitation, invited.invitation_id)).status == 200
    assert names(given, "ada") == {"partner_admin:harbor-program"}


@pytest.mark.parametrize("changed", [{"program_id": PROGRAM}, {"host": "acme"}])
def test_a_program_of_ones_own_has_no_partner_admin(changed: dict[str, str]) -> None:
    given = scenario()
    refused = grant(given, **changed)
    assert (code(refused), names(given, "ada")) == ("program-of-own", set())


@pytest.mark.parametrize("changed", [{"host": None}, {"program_id": None}, {"role": "lead"}, {"host": "No slug"}])
def test_the_role_names_a_program_and_its_host_and_no_other_role_does(changed: dict[str, str | None]) -> None:
    with pytest.raises(ValueError, match=r"host|program_id|slug"):
        GrantRole.model_validate({"person_id": "ada"} | THEIRS | changed)


def test_managers_and_operators_do_not_give_it() -> None:
    assert grant(scenario(), MANAGER).status == 404
    assert code(grant(scenario(), MANAGER, program_id=PROGRAM)) == "program-of-own"
    assert code(invite(scenario(ada=[]), "new@example.org", OPERATOR, **THEIRS)) == "not-allowed"


def test_who_has_it_gives_no_role_and_runs_no_program_of_that_id() -> None:
    given = scenario()
    grant(given, program_id="theirs")
    assert grant(given, "person/ada", role="lead", host=None, program_id="theirs").status == 403
