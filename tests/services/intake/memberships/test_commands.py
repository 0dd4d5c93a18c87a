"""Who gives which role to whom, and how it is given back: over HTTP, as people ask for it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.intake.memberships.commands import AcceptInvitation, GrantRole, InvitePerson, RevokeRole
from services.intake.memberships.model.administration import Administration
from services.intake.memberships.model.invitation import RoleInvitation
from services.intake.memberships.model.membership import Membership
from services.intake.memberships.model.roles import GivenRole, RoleName
from services.intake.people.model import EmailAddress, Person
from services.intake.service import service
from shared.contracts.access import AccessRevoked
from shared.contracts.roles import PersonInvited, RoleGranted, RoleRevoked
from shared.engine.authoring.answer import Answer
from shared.engine.execution.executor import Executor
from tests.scenario import Scenario
from tests.services.intake.builders import open_program

PROGRAM = "women-in-tech"
OPERATOR, ADMIN, MANAGER = "operator/root", "person/zoe", "person/max"
"""Who asks: zoe is the admin, max manages the program."""

ROLES = {"zoe": [GivenRole(RoleName.ADMIN, None)], "max": [GivenRole(RoleName.MANAGER, PROGRAM)], "ada": []}


def scenario(**roles: list[GivenRole]) -> Scenario:
    """An organization with an open program, in which these people have roles."""
    given = Scenario(service).given(open_program())
    administration = Administration(id=Administration.ID)
    for person_id, having in (roles or ROLES).items():
        address = EmailAddress(id=EmailAddress.key(f"{person_id}@example.org"), person_id=person_id)
        membership = Membership(id=person_id)
        for one in having:
            membership.grant(one, by=OPERATOR, at=given.now)
            administration.note(person_id, one)
        given.given(Person(id=person_id, name=person_id.title(), email=f"{person_id}@example.org"), address)
        given.given(membership)
    return given.given(administration)


def names(given: Scenario, person_id: str) -> set[str]:
    return set(given.get(Membership, person_id).names)


def code(answer: Answer) -> str:
    assert answer.error is not None
    return str(getattr(answer.error, "code", answer.error))


def invite(given: Scenario, email: str, actor: str, **asked: Any) -> Answer:
    return given.when(InvitePerson.model_validate({"email": email, **asked}), actor, roles=roles_of(given, actor))


def roles_of(given: Scenario, actor: str) -> list[str]:
    """What the token of somebody says, who has got it just now."""
    kind, _, id = actor.partition("/")
    return sorted(names(given, id)) if kind == "person" else []


def invitation_of(given: Scenario) -> RoleInvitation:
    invited = given.events(PersonInvited)[-1]
    assert isinstance(invited, PersonInvited)
    return given.get(RoleInvitation, invited.invitation_id)


def accept(given: Scenario, invitation: RoleInvitation, by: str | None = None) -> Answer:
    return given.when(AcceptInvitation(invitation_id=invitation.id), f"person/{by or invitation.person_id}")


def grant(given: Scenario, person_id: str, role: str, program_id: str | None, actor: str) -> Answer:
    command = GrantRole(person_id=person_id, role=RoleName(role), program_id=program_id)
    return given.when(command, actor, roles=roles_of(given, actor))


def revoke(given: Scenario, person_id: str, role: str, program_id: str | None, actor: str) -> Answer:
    command = RevokeRole(person_id=person_id, role=RoleName(role), program_id=program_id)
    return given.when(command, actor, roles=roles_of(given, actor))


def test_an_operator_invites_the_first_admin_who_is_one_once_they_accept() -> None:
    given = scenario(ada=[])
    assert invite(given, "new@example.org", OPERATOR, role="admin", name="Noor").status == 201
    invitation = invitation_of(given)
    assert given.get(Person, invitation.person_id).name == "Noor"
    assert accept(given, invitation).status == 200
    assert names(given, invitation.person_id) == {"admin"}
    assert [type(event).__name__ for event in given.events()] == [PersonInvited.__name__, RoleGranted.__name__]


def test_an_operator_invites_no_second_admin_and_nobody_to_another_role() -> None:
    assert code(invite(scenario(), "new@example.org", OPERATOR, role="admin")) == "not-allowed"
    assert code(invite(scenario(ada=[]), "new@example.org", OPERATOR, role="lead", program_id=PROGRAM)) == "not-allowed"


def test_of_two_first_admins_whom_an_operator_has_invited_the_second_is_told_to_ask_the_first() -> None:
    given = scenario(ada=[])
    for email in ("one@example.org", "two@example.org"):
        invite(given, email, OPERATOR, role="admin")
    first, second = (event for event in given.events(PersonInvited) if isinstance(event, PersonInvited))
    assert accept(given, given.get(RoleInvitation, first.invitation_id)).status == 200
    refused = accept(given, given.get(RoleInvitation, second.invitation_id))
    assert (refused.status, b"ask an admin" in refused.body) == (403, True)


def test_an_address_that_somebody_has_is_theirs_and_makes_nobody_new() -> None:
    given = scenario()
    assert invite(given, "ADA@example.org", ADMIN, role="manager", program_id=PROGRAM).status == 201
    assert invitation_of(given).person_id == "ada"
    assert names(given, "ada") == set()


@pytest.mark.parametrize("role", ["reviewer", "lead"])
def test_a_manager_gives_the_roles_of_their_program_below_their_own(role: str) -> None:
    given = scenario()
    assert grant(given, "ada", role, PROGRAM, MANAGER).status == 200
    assert names(given, "ada") == {f"{role}:{PROGRAM}"}
    assert revoke(given, "ada", role, PROGRAM, MANAGER).status == 200
    assert names(given, "ada") == set()


def test_a_manager_gives_no_manager_no_admin_and_nothing_elsewhere() -> None:
    given = scenario()
    assert code(grant(given, "ada", "manager", PROGRAM, MANAGER)) == "not-allowed"
    assert grant(given, "ada", "admin", None, MANAGER).status == 403
    assert grant(given, "ada", "lead", "another-program", MANAGER).status == 404
    assert grant(given, "ada", "lead", PROGRAM, "person/ada").status == 403


def test_a_program_has_several_managers() -> None:
    given = scenario()
    assert grant(given, "ada", "manager", PROGRAM, ADMIN).status == 200
    assert given.get(Administration, Administration.ID).people[f"manager:{PROGRAM}"] == ["max", "ada"]
    assert grant(given, "max", "reviewer", PROGRAM, "person/ada").status == 200


def test_the_last_admin_keeps_the_role() -> None:
    given = scenario()
    assert code(revoke(given, "zoe", "admin", None, ADMIN)) == "last-admin"
    assert grant(given, "ada", "admin", None, ADMIN).status == 200
    assert revoke(given, "zoe", "admin", None, "person/ada").status == 200
    assert code(revoke(given, "ada", "admin", None, "person/ada")) == "last-admin"


def test_a_role_that_is_taken_away_ends_the_tokens_that_have_it() -> None:
    given = scenario()
    revoke(given, "max", "manager", PROGRAM, ADMIN)
    told = [type(event).__name__ for event in given.events()]
    assert told == [RoleRevoked.__name__, AccessRevoked.__name__]
    assert code(grant(given, "ada", "lead", PROGRAM, MANAGER)) == "not-allowed"


def test_what_is_wrong_with_an_invitation_is_a_sentence_with_a_remedy() -> None:
    given = scenario()
    to_lead = {"role": "lead", "program_id": PROGRAM}
    assert code(invite(given, "zoe@example.org", ADMIN, **to_lead)) == "invited-oneself"
    assert code(invite(given, "max@example.org", ADMIN, role="manager", program_id=PROGRAM)) == "role-given-already"
    assert invite(given, "ada@example.org", MANAGER, **to_lead).status == 201
    assert code(invite(given, "ada@example.org", ADMIN, **to_lead)) == "already-invited"
    invitation = invitation_of(given)
    assert accept(given, invitation, by="max").status == 404
    given.advance(timedelta(days=14))
    assert code(accept(given, invitation)) == "invitation-expired"
    assert invite(given, "ada@example.org", ADMIN, **to_lead).status == 201
    again = invitation_of(given)
    assert accept(given, again).status == 200
    assert code(accept(given, again)) == "invitation-used"


def test_an_invitation_is_worth_nothing_once_who_has_invited_gives_that_role_no_longer() -> None:
    given = scenario()
    invite(given, "ada@example.org", MANAGER, role="lead", program_id=PROGRAM)
    revoke(given, "max", "manager", PROGRAM, ADMIN)
    refused = accept(given, invitation_of(given))
    assert (refused.status, names(given, "ada")) == (403, set())


def test_an_admin_is_of_no_program_and_every_other_role_of_one() -> None:
    for asked in ({"role": "admin", "program_id": PROGRAM}, {"role": "lead"}):
        with pytest.raises(ValueError, match="names its program_id"):
            GrantRole.model_validate({"person_id": "ada", **asked})
    assert grant(scenario(), "ada", "lead", "nowhere", ADMIN).status == 404


def at_once(given: Scenario, *asked: tuple[Any, str]) -> list[str]:
    """How commands end that reach a replica each at the same moment."""
    messages = [given.messages(command, actor, roles_of(given, actor)) for command, actor in asked]
    replicas = [Executor(service, given.store, lambda: given.now, given.executor.random) for _ in asked]

    async def race() -> list[list[Answer]]:
        return await asyncio.gather(*(one.handle(each) for one, each in zip(replicas, messages, strict=True)))

    return sorted("done" if one.error is None else code(one) for (one,) in asyncio.run(race()))


def test_of_two_admins_who_take_the_role_from_each_other_at_once_one_stays() -> None:
    admin = GivenRole(RoleName.ADMIN, None)
    given = scenario(zoe=[admin], ada=[admin])
    from_zoe = RevokeRole(person_id="zoe", role=RoleName.ADMIN)
    from_ada = RevokeRole(person_id="ada", role=RoleName.ADMIN)
    ended = at_once(given, (from_zoe, "person/ada"), (from_ada, "person/zoe"))
    assert ended in (["done", "last-admin"], ["done", "not-allowed"])
    assert sum("admin" in names(given, id) for id in ("zoe", "ada")) == 1


def test_a_role_given_by_somebody_who_loses_theirs_at_once_is_given_before_that_or_not_at_all() -> None:
    for _ in range(5):
        given = scenario()
        given_by_max = GrantRole(person_id="ada", role=RoleName.LEAD, program_id=PROGRAM)
        from_max = RevokeRole(person_id="max", role=RoleName.MANAGER, program_id=PROGRAM)
        ended = at_once(given, (given_by_max, MANAGER), (from_max, ADMIN))
        before, after = (["done", "done"], {f"lead:{PROGRAM}"}), (["done", "not-allowed"], set[str]())
        assert (ended, names(given, "ada")) in (before, after)
