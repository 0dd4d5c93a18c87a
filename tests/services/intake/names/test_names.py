"""Names of many people at once: each asker gets those that they may see, and the others are left out."""

from collections.abc import Iterator

import pytest

from services.intake.memberships.model.membership import Membership
from services.intake.memberships.model.roles import GivenRole, RoleName
from services.intake.people.model import Applied, Person
from services.intake.service import service
from shared.contracts.intake import Role
from shared.contracts.matching import MatchDeclined, MatchProposed
from shared.ids import ApplicationId, MatchId, PersonId, ProgramId
from tests.roles.world import THEN
from tests.scenario import Scenario
from tests.shared.web.api import Api, asking

PEOPLE = {"ada": "north", "ben": "north", "cleo": "south", "dan": "", "lea": "", "max": "", "zoe": ""}
"""To which program each has applied; lea and max look after north, zoe is an admin."""

EVERYBODY = [*PEOPLE]


def proposed(mentor: str, mentee: str) -> MatchProposed:
    return MatchProposed(
        match_id=MatchId(f"{mentor}-{mentee}"),
        program_id=ProgramId("north"),
        mentor_id=PersonId(mentor),
        mentee_id=PersonId(mentee),
        mentor_application_id=ApplicationId("m"),
        mentee_application_id=ApplicationId("e"),
        score=0.5,
        reasons=(),
        expires_at=THEN,
    )


def world() -> Scenario:
    """Ada and Ben were proposed to each other in north, and Ben has said no."""
    given = Scenario(service)
    for id, program in PEOPLE.items():
        person = Person(id=id)
        person.introduce(id.title(), f"{id}@example.org", "en", "UTC")
        person.applications = (Applied(program_id=program, role=Role.MENTOR, application_id="a"),) if program else ()
        given.given(person)
    roles = {"max": (RoleName.MANAGER, "north"), "lea": (RoleName.LEAD, "north"), "zoe": (RoleName.ADMIN, None)}
    for id, (role, of) in roles.items():
        membership = Membership(id=id)
        membership.grant(GivenRole(role, of), by="person/zoe", at=given.now)
        given.given(membership)
    given.when(proposed("ada", "ben"))
    declined = MatchDeclined.model_validate(
        {"match_id": "ada-ben", "program_id": "north", "mentor_id": "ada", "mentee_id": "ben"}
        | {"declined_by": "mentee", "reason": "no_time"}
    )
    given.when(declined)
    return given


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    given = world()
    with asking(given) as found:
        yield found


def seen(api: Api, asker: str, *roles: str) -> list[str]:
    api.token = api.issuer.token(sub=asker, roles=[*roles])
    answer = api.post("/v1/people/names", {"ids": EVERYBODY})
    assert answer.status_code == 200, answer.text
    assert "@" not in answer.text
    return [one["id"] for one in answer.json()["items"]]


def test_people_see_their_own_name_and_those_with_whom_they_are_or_were_matched(api: Api) -> None:
    assert seen(api, "ada") == ["ada", "ben"]
    assert seen(api, "ben") == ["ada", "ben"]
    assert seen(api, "cleo") == ["cleo"]


def test_a_manager_and_a_reviewer_see_who_has_applied_and_who_looks_after_the_program(api: Api) -> None:
    for role in ("manager", "reviewer"):
        assert seen(api, "max", f"{role}:north") == ["ada", "ben", "lea", "max", "zoe"]


def test_a_lead_sees_who_is_matched_in_the_program_and_no_other_applicants(api: Api) -> None:
    assert seen(api, "lea", "lead:north") == ["ada", "ben", "lea", "max", "zoe"]
    assert seen(api, "lea", "lead:south") == ["lea", "zoe"]


def test_an_admin_and_a_system_with_the_scope_see_everybody(api: Api) -> None:
    assert seen(api, "zoe", "admin") == EVERYBODY
    api.token = api.issuer.token(kind="client", sub="hr", scope="intake:read")
    assert [one["id"] for one in api.post("/v1/people/names", {"ids": EVERYBODY}).json()["items"]] == EVERYBODY
    api.token = api.issuer.token(kind="client", sub="hr", scope="matching:read")
    assert api.post("/v1/people/names", {"ids": EVERYBODY}).status_code == 403


def test_who_does_not_exist_is_left_out_and_who_is_named_twice_comes_once(api: Api) -> None:
    api.token = api.issuer.token(sub="ada")
    answer = api.post("/v1/people/names", {"ids": ["ben", "nobody", "ada", "ben"]}).json()
    assert answer == {
        "items": [{"id": "ben", "name": "Ben", "pronouns": ""}, {"id": "ada", "name": "Ada", "pronouns": ""}]
    }


def test_more_than_two_hundred_are_refused(api: Api) -> None:
    api.token = api.issuer.token(sub="ada")
    assert api.post("/v1/people/names", {"ids": ["a"] * 200}).status_code == 200
    assert api.post("/v1/people/names", {"ids": ["a"] * 201}).status_code == 422
