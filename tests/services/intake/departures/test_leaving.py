"""Somebody leaves the organization: what ends with it, what stays, and how they come back."""

from datetime import timedelta

import pytest

from services.intake.applications.model.application import Application, ApplicationStatus
from services.intake.departures.commands import LeaveOrganization
from services.intake.identity.commands.suspension import ResumePerson
from services.intake.identity.model.access import Access, HasLeft, Lifetime, Session
from services.intake.identity.model.passkeys import Passkeys
from services.intake.identity.model.provider_accounts import ProviderAccount
from services.intake.memberships.commands import GrantRole, InvitePerson
from services.intake.memberships.model.administration import Administration
from services.intake.memberships.model.membership import Membership
from services.intake.memberships.model.roles import RoleName
from services.intake.people.model import EmailAddress, Person
from shared.contracts.access import AccessRevoked, PersonResumed
from shared.contracts.departures import OrganizationLeft
from shared.contracts.intake import ApplicationWithdrawn, ParticipantLeft
from shared.contracts.roles import RoleRevoked
from shared.engine.authoring.aggregate import Removed
from shared.engine.authoring.answer import Answer
from tests.scenario import Scenario
from tests.services.intake.departures.circle import ADMIN, MANAGER, NORTH, SOUTH, ZOE, apply, circle, code


def leave(given: Scenario, person_id: str) -> Answer:
    return given.when(LeaveOrganization(person_id=person_id), f"person/{person_id}")


def test_what_somebody_takes_part_in_ends_and_so_do_their_roles() -> None:
    given, ada = circle()
    assert leave(given, ada).status == 200
    statuses = {given.get(Application, id).status for id in given.get(Person, ada).application_ids}
    assert statuses == {ApplicationStatus.LEFT, ApplicationStatus.WITHDRAWN}
    assert [type(one) for one in given.events(ParticipantLeft, ApplicationWithdrawn, RoleRevoked)] == [
        ParticipantLeft,
        ApplicationWithdrawn,
        RoleRevoked,
    ]
    assert given.get(Membership, ada).roles == ()
    assert given.get(Administration, Administration.ID).people[f"manager:{NORTH}"] == []


def test_no_way_in_is_left_and_the_services_refuse_every_token() -> None:
    given, ada = circle()
    leave(given, ada)
    access = given.get(Access, Access.id_of(ada))
    assert (access.sessions, access.accounts, given.get(Passkeys, Passkeys.id_of(ada)).all) == ({}, {}, [])
    assert given.get(ProviderAccount, "account-of-ada").person_id is None
    assert [one.subject_id for one in given.events(AccessRevoked)] == [f"person/{ada}"]
    session = Session(id="s", program="b", signed_in_at=given.now, signed_in_by=("otp",), used_at=given.now)
    with pytest.raises(HasLeft):
        access.sign_in(session, Lifetime(idle=timedelta(hours=1), longest=timedelta(days=1)))


def test_the_card_and_the_address_stay_for_those_who_have_worked_with_them() -> None:
    given, ada = circle()
    leave(given, ada)
    assert given.get(EmailAddress, EmailAddress.key("ada@example.org")).person_id == ada
    assert (given.get(Person, ada).name, given.get(Person, ada).keys != ()) == ("Ada Lovelace", True)
    assert not [one for one in given.shared if isinstance(one, Removed) and one.subject_id == f"person/{ada}"]


def test_who_has_left_is_put_into_nothing_and_given_no_role() -> None:
    given, ada = circle()
    leave(given, ada)
    role = {"role": RoleName.LEAD, "program_id": SOUTH}
    refused = [
        given.when(GrantRole.model_validate({"person_id": ada, **role}), ZOE, roles=["admin"]),
        given.when(InvitePerson.model_validate({"email": "ADA@example.org", **role}), ZOE, roles=["admin"]),
        leave(given, ada),
    ]
    assert [code(one) for one in refused] == ["person-has-left"] * 3


def test_an_admin_lets_them_in_again_and_they_can_apply_anew() -> None:
    given, ada = circle()
    leave(given, ada)
    assert given.when(ResumePerson(person_id=ada), ZOE, roles=["admin"]).status == 200
    (resumed,) = given.events(PersonResumed)
    (left,) = given.events(OrganizationLeft)
    assert isinstance(resumed, PersonResumed)
    assert isinstance(left, OrganizationLeft)
    assert (left.change, resumed.change) == (1, 2)
    assert apply(given, ada, NORTH, "mentor")


def test_the_last_admin_stays_and_nothing_of_theirs_has_ended() -> None:
    given, ada = circle(ADMIN, zoes=MANAGER)
    refused = leave(given, ada)
    assert (code(refused), b"make somebody else an admin first" in refused.body) == ("last-admin", True)
    assert given.get(Person, ada).gone is None
    assert given.events(ParticipantLeft, ApplicationWithdrawn, OrganizationLeft, AccessRevoked) == []
