"""The roles of one person, and invitations to them."""

from datetime import timedelta

import pytest

from services.intake.memberships.model.invitation import LIFETIME, RoleInvitation
from services.intake.memberships.model.membership import (
    AlreadyInvited,
    Membership,
    RoleGivenAlready,
    RoleNotGiven,
)
from services.intake.memberships.model.roles import GivenRole, RoleName
from shared.contracts.roles import PersonInvited, RoleGranted, RoleRevoked, StaffRole
from shared.ids import PersonId, ProgramId, RoleInvitationId
from tests.services.intake.builders import NOW

ADMIN = GivenRole(RoleName.ADMIN, None)
LEAD = GivenRole(RoleName.LEAD, "p1")
MOMENT = timedelta(milliseconds=1)


def with_role(given: GivenRole) -> Membership:
    membership = Membership(id="ada")
    membership.grant(given, "person/zoe", NOW)
    return membership


@pytest.mark.parametrize(
    ("given", "role", "program"), [(ADMIN, StaffRole.ADMIN, None), (LEAD, StaffRole.LEAD, ProgramId("p1"))]
)
def test_a_role_that_comes_or_goes_is_told_with_its_program_and_all_roles(
    given: GivenRole, role: StaffRole, program: ProgramId | None
) -> None:
    membership, about = Membership(id="ada"), {"person_id": PersonId("ada"), "role": role, "program_id": program}
    assert membership.grant(given, "person/zoe", NOW) == [RoleGranted(**about, roles=(given.name,), change=1)]
    assert membership.revoke(given) == [RoleRevoked(**about, roles=(), change=2)]


def test_a_role_is_given_once() -> None:
    with pytest.raises(RoleGivenAlready):
        with_role(LEAD).grant(LEAD, "person/zoe", NOW)


def test_only_what_somebody_has_is_taken_from_them() -> None:
    membership = with_role(LEAD)
    with pytest.raises(RoleNotGiven):
        membership.revoke(ADMIN)
    assert membership.names == {LEAD.name}


def test_whoever_gets_a_role_is_invited_to_it_no_longer_and_to_others_still() -> None:
    membership = Membership(id="ada")
    for given in (LEAD, ADMIN):
        membership.invite(given, NOW, NOW + LIFETIME)
    membership.grant(LEAD, "person/zoe", NOW)
    membership.revoke(LEAD)
    membership.invite(LEAD, NOW, NOW + LIFETIME)
    with pytest.raises(AlreadyInvited):
        membership.invite(ADMIN, NOW + LIFETIME - MOMENT, NOW + 2 * LIFETIME)
    membership.invite(ADMIN, NOW + LIFETIME, NOW + 2 * LIFETIME)


@pytest.mark.parametrize(
    ("given", "role", "program"), [(ADMIN, StaffRole.ADMIN, None), (LEAD, StaffRole.LEAD, ProgramId("p1"))]
)
def test_an_invitation_is_to_the_role_that_was_named(
    given: GivenRole, role: StaffRole, program: ProgramId | None
) -> None:
    invitation = RoleInvitation(id="i1")
    events = invitation.send(Membership(id="ada"), given, "person/zoe", NOW)
    assert (invitation.given, invitation.invited_by) == (given, "person/zoe")
    assert events == [
        PersonInvited(
            invitation_id=RoleInvitationId("i1"),
            person_id=PersonId("ada"),
            role=role,
            program_id=program,
            expires_at=NOW + LIFETIME,
        )
    ]
