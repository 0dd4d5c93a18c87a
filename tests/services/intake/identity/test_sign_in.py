"""People sign in by a mail to their own address, in the browser that asked, and nobody learns who is known."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from shared.contracts.access import SignInRequested
from tests.services.intake.identity.issuing import (
    ADA,
    SANDBOX,
    add_person,
    by_code,
    by_link,
    register,
    request_mail,
    requested,
    sign_in_operator,
)
from tests.shared.web.api import Api

PERSONAL = ("person", "outbox")
"""Where the address is: on the card, and on its way to the people topic."""

Show = Callable[[dict[str, Any]], dict[str, str]]


@pytest.mark.parametrize("shown", [by_link, by_code], ids=["link", "code"])
def test_a_person_signs_in_with_what_the_mail_says_and_is_known_from_then_on(api: Api, shown: Show) -> None:
    signed_in = api.post("/v1/sign-in", shown(request_mail(api)))
    assert (signed_in.status_code, signed_in.headers["cache-control"]) == (200, "no-store")
    assert (signed_in.json()["token_type"], signed_in.json()["expires_in"]) == ("Bearer", 300)
    api.token = signed_in.json()["access_token"]
    (person_id,) = api.published(SignInRequested, "person_id")
    assert api.get(f"/v1/people/{person_id}").json()["email"] == ADA


def test_the_answer_is_the_same_whether_anybody_has_the_address_or_not(api: Api) -> None:
    answers = [
        api.post("/v1/sign-in/requests", {"organization": organization, "email": email})
        for organization, email in (("acme", ADA), ("acme", "nobody@example.org"), ("no-such-one", ADA))
    ]
    shapes = {
        (answer.status_code, *sorted(answer.json()), len(answer.content), answer.json()["expires_in"])
        for answer in answers[:2]
    }
    assert shapes == {(202, "browser", "expires_in", "request", len(answers[0].content), 900)}
    assert [sorted(answer.headers) for answer in answers] == [sorted(answers[0].headers)] * 3
    assert answers[2].status_code == 202


def test_what_is_written_before_the_answer_is_the_same_whoever_is_asked_for(api: Api) -> None:
    """The time of an answer follows from that; a clock would say more of the machine."""
    written = []
    for email in (ADA, "nobody@example.org"):
        before = {name: len(rows) for name, rows in api.store.collections.items()}
        assert api.post("/v1/sign-in/requests", {"organization": "acme", "email": email}).status_code == 202
        after = {name: len(rows) for name, rows in api.store.collections.items()}
        written.append({name: count - before.get(name, 0) for name, count in after.items()})
    assert any(written[0].values())
    assert written[0] == written[1]


def test_only_the_owner_of_an_address_is_mailed(api: Api) -> None:
    for email in ("nobody@example.org", "ada@example.com"):
        request_mail(api, email)
    request_mail(api, organization="no-such-one")
    assert api.published(SignInRequested, "person_id") == []
    request_mail(api, "ADA@example.org")
    assert len(api.published(SignInRequested, "person_id")) == 1


def test_neither_link_nor_code_nor_browser_is_in_an_event_or_in_the_database(api: Api) -> None:
    asked = request_mail(api)
    secrets = [asked["browser"], by_link(asked)["link"].rpartition(".")[2], by_code(asked)["code"]]
    rows = [row for collection in api.store.collections.values() for row in collection.values()]
    assert rows
    assert [secret for secret in secrets for row in rows if re.search(rf"\D{secret}\D".encode(), row)] == []
    assert not any(
        ADA.encode() in row for name in api.store.collections if name not in PERSONAL for row in api.rows(name)
    )


@pytest.mark.parametrize("shown", [by_link, by_code], ids=["link", "code"])
def test_what_one_browser_has_asked_for_lets_no_other_one_in(api: Api, shown: Show) -> None:
    asked, other = request_mail(api), request_mail(api, "nobody@example.org")
    for browser in ({"browser": other["browser"]}, {}):
        stolen = {name: value for name, value in shown(asked).items() if name != "browser"} | browser
        assert api.post("/v1/sign-in", stolen).json()["code"] == "sign-in-refused"
    assert api.post("/v1/sign-in", shown(asked)).status_code == 200


def test_a_browser_is_known_by_its_cookie_and_keeps_it(api: Api) -> None:
    first = api.post("/v1/sign-in/requests", {"organization": "acme", "email": ADA})
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    sent = {"Cookie": cookie.partition(";")[0]}
    again = request_mail(api, headers=sent)
    assert again["browser"] == first.json()["browser"]
    link = {"link": by_link(first.json())["link"]}
    assert api.post("/v1/sign-in", link).status_code == 403
    assert api.post("/v1/sign-in", link, headers=sent).status_code == 200


def test_a_link_shows_what_it_is_good_for_and_signs_nobody_in_by_being_looked_at(api: Api) -> None:
    asked = request_mail(api)
    link = {"link": by_link(asked)["link"]}
    elsewhere = api.get("/v1/sign-in", params=link)
    assert (elsewhere.status_code, elsewhere.json()["is_ready"]) == (200, False)
    assert "the browser in which you asked" in elsewhere.json()["detail"]
    here = {"Cookie": f"ithaca-browser={asked['browser']}"}
    for _ in range(3):
        assert api.get("/v1/sign-in", params=link, headers=here).json()["is_ready"] is True
    assert api.post("/v1/sign-in", link, headers=here).status_code == 200
    assert api.get("/v1/sign-in", params=link, headers=here).json()["code"] == "sign-in-refused"


def test_of_many_who_use_a_link_at_the_same_time_one_is_let_in(api: Api) -> None:
    shown = by_link(request_mail(api))

    async def use() -> list[httpx.Response]:
        return await asyncio.gather(*(api.request("POST", "/v1/sign-in", json=shown) for _ in range(20)))

    answers = api.runner.run(use())
    assert sorted(answer.status_code for answer in answers) == [200] + [403] * 19
    assert api.post("/v1/sign-in", shown).json()["code"] == "sign-in-refused"


def test_a_link_that_was_changed_lets_nobody_in(api: Api) -> None:
    shown = by_link(request_mail(api))
    tenant, id, secret = shown["link"].split(".")
    guesses = ["", "..", secret, f"beta.{id}.{secret}", f"{tenant}.unknown.{secret}", f"{tenant}.{id}.guess"]
    answers = [api.post("/v1/sign-in", shown | {"link": each}) for each in [*guesses, f"{shown['link']}x"]]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "sign-in-refused")}
    assert api.post("/v1/sign-in", shown).status_code == 200


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"code": "123456"},
        {"request": "acme.r1"},
        {"link": "acme.r1.x", "code": "123456", "request": "acme.r1"},
        {"request": "acme.r1", "code": "12345"},
        {"request": "acme.r1", "code": "١٢٣٤٥٦"},
        {"link": "x" * 501},
        {"link": ["acme.r1.x"]},
        {"link": "acme.r1.x", "browser": "short"},
    ],
)
def test_what_is_no_link_and_no_code_is_refused_by_its_shape(api: Api, shown: dict[str, object]) -> None:
    assert api.post("/v1/sign-in", shown).status_code == 422


@pytest.mark.parametrize("organization", ["A B", "", "x" * 41, "a/b", None])
def test_an_organization_that_cannot_be_is_refused_by_its_shape(api: Api, organization: object) -> None:
    assert api.post("/v1/sign-in/requests", {"organization": organization, "email": ADA}).status_code == 422


def test_an_operator_lets_people_in_by_a_link_in_a_sandbox_and_nowhere_else(api: Api) -> None:
    sign_in_operator(api)
    live = api.post("/v1/sign-in-links", {"person_id": "ada"})
    assert (live.status_code, live.json()["code"]) == (404, "not-found")
    live = api.post("/v1/sign-in-links", {"person_id": add_person(api, "ben@example.org")})
    assert (live.status_code, live.json()["code"]) == (403, "not-allowed")
    register(api, SANDBOX)
    sign_in_operator(api, SANDBOX)
    made = api.post("/v1/sign-in-links", {"person_id": add_person(api)})
    assert (made.status_code, made.json()["expires_in"], made.headers["cache-control"]) == (201, 900, "no-store")
    where, operator, api.token = made.headers["location"], api.token, None
    assert api.post("/v1/sign-in", {"link": made.json()["link"]}).status_code == 200
    assert api.post("/v1/sign-in", {"link": made.json()["link"]}).status_code == 403
    api.token = operator
    assert set(api.get(where).json()) == {"id", "person_id", "expires_at", "used_at"}
    assert api.get(where).json()["used_at"] is not None


def test_what_somebody_has_asked_for_by_mail_is_shown_to_no_operator(api: Api) -> None:
    request_id = requested(request_mail(api)).id
    sign_in_operator(api)
    assert api.get(f"/v1/sign-in-links/{request_id}").status_code == 404


def test_a_client_makes_no_link_for_anybody(api: Api) -> None:
    sign_in_operator(api)
    register(api, SANDBOX)
    sign_in_operator(api, SANDBOX)
    person_id, client = add_person(api), api.post("/v1/clients", {"name": "HR"}).json()
    api.token = None
    basic = (client["client_id"], client["client_secret"])
    token = api.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=basic).json()
    api.token = token["access_token"]
    assert api.post("/v1/sign-in-links", {"person_id": person_id}).status_code == 403
