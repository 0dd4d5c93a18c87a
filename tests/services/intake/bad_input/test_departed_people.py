"""Whoever has left or is erased is let in by nothing, given nothing, and not told from nobody once they are gone."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.intake.applications.commands import SubmitApplication
from services.intake.departures.commands import ErasePerson, LeaveOrganization
from services.intake.identity.model.access import Access
from services.intake.memberships.commands import GrantRole
from services.intake.memberships.model.administration import Administration
from services.intake.memberships.model.membership import Membership
from services.intake.memberships.model.roles import GivenRole, RoleName
from services.intake.people.model import Gone, Person
from services.intake.service import service
from shared.contracts.intake import Role
from shared.engine.authoring.answer import Answer
from shared.engine.execution.executor import Executor
from tests.scenario import Scenario
from tests.services.intake.departures.circle import ADMIN, NORTH, SOUTH, ZOE, circle, code
from tests.services.intake.identity.issuing import (
    ADA,
    add_person,
    administered,
    by_code,
    by_link,
    register,
    request_mail,
    sign_in_operator,
    token_of,
)
from tests.services.intake.identity.test_action_links import link_of, opened
from tests.shared.web.api import Api

SANDBOX = "sandbox-acme"
ROSA = "rosa@example.org"
GOING = ("leave", "erase")


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Ada is in acme, whose admin Rosa is."""
    with administered(tmp_path, ROSA) as found:
        yield found


def go(api: Api, what: str) -> None:
    """Ada leaves, or has herself erased."""
    api.token = token_of(api, ADA)
    assert api.post(f"/v1/people/{api.app.state.ada}/{what}").status_code == 200
    api.look_again()
    api.token = None


def ask_admin(api: Api, path: str, **body: Any) -> httpx.Response:
    api.token = token_of(api, ROSA)
    return api.post(path, body)


@pytest.mark.parametrize("what", GOING)
@pytest.mark.parametrize("shown", [by_code, by_link], ids=["code", "link"])
def test_a_mail_from_before_lets_in_nobody_and_says_what_has_become_of_them(api: Api, what: str, shown: Any) -> None:
    asked = request_mail(api)
    go(api, what)
    refused = api.post("/v1/sign-in", shown(asked))
    assert (refused.status_code, refused.json()["code"]) == (
        403,
        {"leave": "has-left", "erase": "account-erased"}[what],
    )
    assert "together with another one" not in refused.text


@pytest.mark.parametrize("what", GOING)
def test_a_link_that_acts_without_signing_in_acts_no_more(api: Api, what: str) -> None:
    link = link_of(api.app.state.ada)
    assert opened(api, link).status_code == 200
    go(api, what)
    refused = opened(api, link)
    assert (refused.status_code, "access_token" in refused.text) == (403, False)


@pytest.mark.parametrize("what", GOING)
def test_an_invitation_from_before_gives_no_role(api: Api, what: str) -> None:
    invitation = ask_admin(api, "/v1/role-invitations", email=ADA, role="admin").headers["location"]
    before = token_of(api, ADA)
    go(api, what)
    api.token = before
    assert api.post(f"{invitation}/accept").status_code == 401
    roles = ask_admin(api, f"/v1/people/{api.app.state.ada}/roles", role="admin")
    assert (roles.status_code, roles.json()["code"]) == (
        409,
        {"leave": "person-has-left", "erase": "erasure-under-way"}[what],
    )


def test_an_address_of_somebody_who_is_erased_is_invited_as_somebody_new(api: Api) -> None:
    go(api, "erase")
    assert ask_admin(api, "/v1/role-invitations", email=ADA, role="admin").status_code == 201
    found = api.get("/v1/people", params={"search": ADA}).json()["items"]
    assert len(found) == 1
    assert found[0]["id"] != api.app.state.ada


def test_an_address_of_somebody_who_has_left_is_not_invited_and_the_admin_is_told_what_to_do(api: Api) -> None:
    go(api, "leave")
    refused = ask_admin(api, "/v1/role-invitations", email=ADA.upper(), role="admin")
    assert (refused.status_code, refused.json()["code"]) == (409, "person-has-left")
    assert "let them in again first" in refused.json()["detail"]


@pytest.mark.parametrize("what", GOING)
def test_an_operator_makes_no_link_for_them_in_a_sandbox(api: Api, what: str) -> None:
    register(api, SANDBOX)
    sign_in_operator(api, SANDBOX)
    person = add_person(api, "bea@example.org")
    link = api.post("/v1/sign-in-links", {"person_id": person}).json()["link"]
    api.token = None
    tokens = api.post("/v1/sign-in", {"link": link}).json()
    api.token = tokens["access_token"]
    assert api.post(f"/v1/people/{person}/{what}").status_code == 200
    sign_in_operator(api, SANDBOX)
    assert api.post("/v1/sign-in-links", {"person_id": person}).status_code == 409


@pytest.mark.parametrize("path", ["suspend", "resume", "correct", "erase", "merge", "address", "roles"])
def test_about_somebody_who_is_being_erased_nothing_is_changed(api: Api, path: str) -> None:
    go(api, "erase")
    bodies: dict[str, dict[str, Any]] = {
        "correct": {"name": "Eve"},
        "merge": {"merged_id": add_person(signed_in(api), "x@example.org")},
        "address": {"email": "new@example.org"},
        "roles": {"role": "admin"},
    }
    refused = ask_admin(api, f"/v1/people/{api.app.state.ada}/{path}", **bodies.get(path, {}))
    assert (refused.status_code, refused.json()["code"]) == (409, "erasure-under-way"), refused.text


def signed_in(api: Api) -> Api:
    sign_in_operator(api)
    return api


@pytest.mark.parametrize("what", GOING)
def test_doing_it_twice_does_it_once(api: Api, what: str) -> None:
    api.token = token_of(api, ADA)

    async def twice() -> list[httpx.Response]:
        path = f"/v1/people/{api.app.state.ada}/{what}"
        return list(await asyncio.gather(*(api.request("POST", path, json={}) for _ in range(5))))

    statuses = sorted(one.status_code for one in api.runner.run(twice()))
    assert (statuses[0], set(statuses[1:]) <= {401, 409}) == (200, True)


@pytest.mark.parametrize("id", ["", "x" * 65, "../ada", "ada%2F..", "nobody", "😀", "ada%00"])
@pytest.mark.parametrize("what", GOING)
def test_ids_that_are_nobodys_are_answered_as_if_there_were_nobody(api: Api, id: str, what: str) -> None:
    api.token = token_of(api, ROSA)
    assert api.post(f"/v1/people/{id}/{what}", {}).status_code in (404, 405, 422)
    assert api.get(f"/v1/people/{api.app.state.ada}").json()["gone"] is None


def test_what_else_is_in_the_body_does_nothing(api: Api) -> None:
    refused = ask_admin(api, f"/v1/people/{api.app.state.ada}/erase", person_id="somebody-else", gone="erased")
    assert refused.status_code == 422
    assert api.get(f"/v1/people/{api.app.state.ada}").json()["gone"] is None


def raced(given: Scenario, *asked: tuple[Any, str, list[str]]) -> list[str]:
    """How commands end that reach a replica each at the same moment."""
    messages = [given.messages(command, actor, roles) for command, actor, roles in asked]
    replicas = [Executor(service, given.store, lambda: given.now, given.executor.random) for _ in asked]

    async def race() -> list[list[Answer]]:
        return await asyncio.gather(*(one.handle(each) for one, each in zip(replicas, messages, strict=True)))

    return ["done" if one.error is None else code(one) for (one,) in asyncio.run(race())]


def test_a_role_given_while_somebody_is_erased_is_given_before_that_and_taken_or_not_at_all() -> None:
    given, ada = circle()
    role = GrantRole(person_id=ada, role=RoleName.LEAD, program_id=SOUTH)
    granted, erased = raced(given, (role, ZOE, ["admin"]), (ErasePerson(person_id=ada), f"person/{ada}", []))
    assert (erased, granted in ("done", "erasure-under-way")) == ("done", True)
    assert given.get(Membership, ada).roles == ()


def test_an_application_made_while_somebody_leaves_ends_with_it_or_is_not_made() -> None:
    given, ada = circle()
    apply = SubmitApplication(program_id=NORTH, person_id=ada, role=Role.MENTEE)
    applied, left = raced(given, (apply, f"person/{ada}", []), (LeaveOrganization(person_id=ada), f"person/{ada}", []))
    assert (left, applied in ("done", "person-has-left")) == ("done", True)
    found = given.get(Person, ada)
    assert found.gone is Gone.LEFT
    assert len(found.applications) == 2 + (applied == "done")


def test_of_two_admins_who_leave_at_once_one_stays() -> None:
    given, ada = circle(ADMIN)
    given.given(Person(id="zoe", name="Zoe"), Access(id="person/zoe"))
    one, other = (LeaveOrganization(person_id=id) for id in (ada, "zoe"))
    assert sorted(raced(given, (one, f"person/{ada}", []), (other, "person/zoe", []))) == ["done", "last-admin"]
    assert len(given.get(Administration, Administration.ID).people["admin"]) == 1


def test_of_two_admins_who_erase_each_other_both_stay() -> None:
    given, ada = circle(ADMIN)
    given.given(Person(id="zoe", name="Zoe"))
    erasing = [(ErasePerson(person_id=ada), ZOE, ["admin"]), (ErasePerson(person_id="zoe"), f"person/{ada}", ["admin"])]
    assert raced(given, *erasing) == ["still-admin", "still-admin"]
    assert GivenRole(RoleName.ADMIN, None).name in given.get(Membership, ada).names
