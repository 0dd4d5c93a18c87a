"""Two cards of one person become one: what stands against it, what moves, and what a dry run says of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.intake.applications.commands import ApproveApplication, SubmitApplication, WithdrawApplication
from services.intake.applications.model.application import Application
from services.intake.identity.model.access import Access
from services.intake.identity.model.passkeys import Passkey, Passkeys
from services.intake.identity.model.provider_accounts import ProviderAccount
from services.intake.memberships.commands import GrantRole
from services.intake.memberships.model.administration import Administration
from services.intake.memberships.model.membership import Membership
from services.intake.memberships.model.roles import GivenRole, RoleName
from services.intake.merging.commands import MergePeople
from services.intake.partners.model import Partners
from services.intake.people.commands import CorrectPerson
from services.intake.people.model import EmailAddress, Person
from services.intake.service import service
from shared.contracts.access import AccessRevoked
from shared.contracts.intake import PersonMerged, Profile, Role
from shared.contracts.matching import MatchAccepted, MatchProposed
from shared.contracts.roles import RoleGranted, RoleRevoked
from shared.engine.authoring.aggregate import Removed
from shared.engine.authoring.answer import Answer
from shared.ids import ApplicationId, MatchId, PersonId, ProgramId
from tests.scenario import Scenario
from tests.services.intake.builders import add_ada, id_of, open_program
from tests.shared.web.api import Api, asking

NORTH, SOUTH = "north", "south"
ADMIN = "person/zoe"


def world() -> tuple[Scenario, str, str]:
    """Ada has two cards: by the first she mentors in north, by the second she has applied to south."""
    given = Scenario(service).given(open_program(NORTH), open_program(SOUTH))
    stays, goes = id_of(add_ada(given)), id_of(add_ada(given, "ada@old.example.org"))
    apply(given, stays, NORTH, "mentor")
    return given, stays, goes


def apply(given: Scenario, person_id: str, program_id: str, role: str, approve: bool = True) -> str:
    asked = {"program_id": program_id, "person_id": person_id, "role": role}
    id = id_of(given.when(SubmitApplication.model_validate(asked)))
    if approve:
        given.when(ApproveApplication(application_id=id))
    return id


def merge(given: Scenario, stays: str, goes: str, actor: str = ADMIN, **asked: Any) -> Answer:
    roles = [f"manager:{asked['program_id']}"] if asked else ["admin"]
    return given.when(MergePeople(person_id=stays, merged_id=goes, **asked), actor, roles=roles)


def code(answer: Answer) -> str:
    return str(getattr(answer.error, "code", answer.error))


def proposed(given: Scenario, mentor: str, mentee: str, match: str = "m1") -> None:
    given.when(
        MatchProposed(
            match_id=MatchId(match),
            program_id=ProgramId(NORTH),
            mentor_id=PersonId(mentor),
            mentee_id=PersonId(mentee),
            mentor_application_id=ApplicationId("a"),
            mentee_application_id=ApplicationId("b"),
            score=0.5,
            expires_at=given.now,
        )
    )


def test_applications_move_and_their_profiles_are_the_other_cards() -> None:
    given, stays, goes = world()
    moved = apply(given, goes, SOUTH, "mentee")
    assert merge(given, stays, goes).status == 200
    assert given.get(Application, moved).person_id == stays
    profile = [one for one in given.shared if isinstance(one, Profile)][-1]
    assert (profile.application_id, profile.person_id) == (moved, stays)
    assert given.get(Person, stays).program_ids == (NORTH, SOUTH)
    again = SubmitApplication(program_id=SOUTH, person_id=stays, role=Role.MENTEE)
    assert code(given.when(again)) == "already-applied"


def test_the_card_that_goes_is_empty_and_withdrawn_and_takes_no_more() -> None:
    given, stays, goes = world()
    assert merge(given, stays, goes).status == 200
    assert [one.subject_id for one in given.shared if isinstance(one, Removed)] == [f"person/{goes}"]
    gone = given.get(Person, goes)
    assert (gone.name, gone.email, gone.keys, gone.merged_into) == ("", "", (), stays)
    for command in (
        SubmitApplication(program_id=SOUTH, person_id=goes, role=Role.MENTOR),
        CorrectPerson(person_id=goes, name="Ada"),
    ):
        answer = given.when(command)
        assert (code(answer), stays.encode() in answer.body) == ("card-merged", True)
    assert code(merge(given, stays, goes)) == "card-merged"
    assert code(merge(given, goes, stays)) == "card-merged"


def test_others_hear_whose_id_is_whose_and_no_more() -> None:
    given, stays, goes = world()
    merge(given, stays, goes)
    third = id_of(add_ada(given, "third@example.org"))
    merge(given, third, stays)
    first, second = given.events(PersonMerged)
    assert isinstance(first, PersonMerged)
    assert isinstance(second, PersonMerged)
    assert (first.person_id, first.merged_ids, first.times) == (stays, (goes,), 1)
    assert (second.person_id, second.merged_ids, second.times) == (third, (stays, goes), 2)
    assert given.get(Person, goes).merged_into == third


def test_who_has_the_old_address_signs_in_as_who_stays_and_the_old_sessions_have_ended() -> None:
    given, stays, goes = world()
    merge(given, stays, goes)
    assert given.get(EmailAddress, EmailAddress.key("ada@old.example.org")).person_id == stays
    assert given.get(Access, f"person/{goes}").is_closed
    (revoked,) = given.events(AccessRevoked)
    assert isinstance(revoked, AccessRevoked)
    assert revoked.access_id == f"person/{goes}"


def test_passkeys_of_the_card_that_goes_end_and_those_of_who_stays_do_not() -> None:
    given, stays, goes = world()
    for person_id in (stays, goes):
        made = Passkey(id="k", name="Phone", credential=person_id, public_key="p", added_at=given.now)
        given.given(Passkeys(id=Passkeys.id_of(person_id), person_id=person_id, all=[made]))
    merge(given, stays, goes)
    assert [len(given.get(Passkeys, Passkeys.id_of(one)).all) for one in (stays, goes)] == [1, 0]
    (merged,) = given.events(PersonMerged)
    assert isinstance(merged, PersonMerged)
    assert merged.passkeys_ended == 1


@pytest.mark.parametrize(("known", "whose"), [({}, True), ({"idp": "another"}, False)])
def test_accounts_at_a_provider_move_unless_there_is_one_at_it_already(known: dict[str, str], whose: bool) -> None:
    given, stays, goes = world()
    given.given(ProviderAccount(id="theirs", person_id=goes), Access(id=f"person/{goes}", accounts={"idp": "theirs"}))
    given.given(Access(id=f"person/{stays}", accounts=known))
    assert merge(given, stays, goes).status == 200
    assert given.get(ProviderAccount, "theirs").person_id == (stays if whose else None)
    assert given.get(Access, f"person/{stays}").accounts == (known or {"idp": "theirs"})
    assert given.get(Access, f"person/{goes}").accounts == {}


def test_roles_move_once_and_the_last_admin_stays_one() -> None:
    given, stays, goes = world()
    administration = Administration(id=Administration.ID)
    for person_id, roles in (
        (goes, [(RoleName.ADMIN, None), (RoleName.LEAD, NORTH)]),
        (stays, [(RoleName.LEAD, NORTH)]),
    ):
        membership = Membership(id=person_id)
        for role, program_id in roles:
            membership.grant(GivenRole(role, program_id), by="operator/root", at=given.now)
            administration.note(person_id, GivenRole(role, program_id))
        given.given(membership)
    given.given(administration)
    assert merge(given, stays, goes).status == 200
    assert given.get(Membership, stays).names == {"admin", f"lead:{NORTH}"}
    assert given.get(Membership, goes).names == set()
    assert given.get(Administration, Administration.ID).people["admin"] == [stays]
    assert [type(one) for one in given.events(RoleGranted, RoleRevoked)] == [RoleGranted, RoleRevoked, RoleRevoked]
    refused = given.when(
        GrantRole(person_id=goes, role=RoleName.LEAD, program_id=SOUTH), f"person/{stays}", roles=["admin"]
    )
    assert code(refused) == "card-merged"


def test_those_with_whom_the_one_was_matched_know_the_other() -> None:
    given, stays, goes = world()
    ben = id_of(add_ada(given, "ben@example.org"))
    proposed(given, goes, ben)
    merge(given, stays, goes)
    assert given.get(Partners, ben).people == {stays}
    assert given.get(Partners, stays).people == {ben}
    accepted = MatchAccepted(
        match_id=MatchId("m1"),
        program_id=ProgramId(NORTH),
        mentor_id=PersonId(goes),
        mentee_id=PersonId(ben),
        proposed_at=given.now,
    )
    given.when(accepted)
    assert given.get(Partners, stays).matches["m1"].stage == "accepted"


def test_two_live_applications_in_one_program_and_role_are_refused_with_what_to_do() -> None:
    given, stays, goes = world()
    second = apply(given, goes, NORTH, "mentor", approve=False)
    refused = merge(given, stays, goes)
    assert (refused.status, code(refused)) == (409, "both-applied")
    assert b"withdraw one of them" in refused.body
    assert given.get(Person, goes).merged_into == ""
    given.when(WithdrawApplication(application_id=second))
    assert merge(given, stays, goes).status == 200


def test_mentor_and_mentee_of_one_program_can_be_one_person_unless_they_are_matched() -> None:
    given, stays, goes = world()
    apply(given, goes, NORTH, "mentee")
    proposed(given, stays, goes)
    refused = merge(given, stays, goes)
    assert (code(refused), b"decline that match" in refused.body) == ("matched-with-themselves", True)
    given, stays, goes = world()
    apply(given, goes, NORTH, "mentee")
    assert merge(given, stays, goes).status == 200


def test_nobody_merges_their_own_card_or_a_card_with_itself() -> None:
    given, stays, goes = world()
    assert code(merge(given, stays, stays)) == "one-card"
    for own in (stays, goes):
        assert code(merge(given, stays, goes, actor=f"person/{own}")) == "own-card"


def test_a_suspended_person_is_not_let_in_by_another_card() -> None:
    for suspended in (0, 1):
        given, *cards = world()
        given.given(Access(id=f"person/{cards[suspended]}", is_suspended=True))
        assert code(merge(given, cards[0], cards[1])) == "card-suspended"


def test_a_manager_merges_what_is_of_their_program_alone() -> None:
    given, stays, goes = world()
    assert merge(given, stays, goes, actor="person/max", program_id=NORTH).status == 404
    apply(given, goes, NORTH, "mentee")
    assert merge(given, stays, goes, actor="person/max", program_id=NORTH).status == 200
    given, stays, goes = world()
    apply(given, goes, NORTH, "mentee")
    apply(given, goes, SOUTH, "mentee")
    assert code(merge(given, stays, goes, actor="person/max", program_id=NORTH)) == "not-only-yours"


@pytest.fixture
def api() -> Iterator[tuple[Api, str, str]]:
    given, stays, goes = world()
    apply(given, goes, SOUTH, "mentee")
    apply(given, goes, NORTH, "mentor", approve=False)
    made = Passkey(id="k", name="Phone", credential="c", public_key="p", added_at=given.now)
    given.given(Passkeys(id=Passkeys.id_of(goes), person_id=goes, all=[made]))
    with asking(given) as found:
        yield found, stays, goes


def test_a_dry_run_says_what_would_move_and_all_that_stands_against_it(api: tuple[Api, str, str]) -> None:
    asking, stays, goes = api
    asking.token = asking.issuer.token(sub="zoe", roles=["admin"])
    plan = asking.get(f"/v1/people/{stays}/merge", params={"merged_id": goes}).json()
    assert (len(plan["applications"]), plan["matches"], plan["roles"], plan["sessions"]) == (2, [], [], 0)
    assert plan["passkeys"] == 1
    assert [one["code"] for one in plan["refusals"]] == ["both-applied"]
    assert asking.get(f"/v1/people/{goes}").json()["merged_into"] is None


def test_a_dry_run_tells_a_manager_nothing_of_people_elsewhere(api: tuple[Api, str, str]) -> None:
    asking, stays, goes = api
    asking.token = asking.issuer.token(sub="max", roles=[f"manager:{SOUTH}"])
    asked = {"merged_id": goes, "program_id": SOUTH}
    assert asking.get(f"/v1/people/{stays}/merge", params=asked).status_code == 404
