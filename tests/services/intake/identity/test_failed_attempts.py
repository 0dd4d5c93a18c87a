"""What lets nobody in is on the audit trail, whatever kind of credential it is; guessing does not flood it."""

from dataclasses import replace

import pytest

from services.intake.identity.attempts import LINES_OF_ACCOUNT, LINES_OF_ORGANIZATION, WRONG_CREDENTIALS, Bound
from services.intake.identity.model.access import REPEATABLE
from tests.services.intake.identity.devices import Device
from tests.services.intake.identity.issuing import (
    add_person,
    by_code,
    by_link,
    request_mail,
    sign_in,
    sign_in_operator,
)
from tests.services.intake.identity.passkeys import BASE, be, enter, made, own, shown
from tests.services.intake.identity.test_on_record import line, lines
from tests.shared.web.api import Api


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many networks, mails and codes as it takes."""
    most = Bound("any", 10**6)
    for name in ("token_endpoint", "sign_in_pages", "door", "passkey_pages"):
        for bound in ("SIGN_IN_MAILS", "ORGANIZATION_MAILS", "WRONG_CREDENTIALS", "WRONG_CODES", "WRONG_SECRETS"):
            monkeypatch.setattr(f"services.intake.identity.routes.{name}.{bound}", most, raising=False)


@pytest.mark.parametrize("wrong", [{"key": Device().key}, {"id": b"x" * 32}], ids=["another key", "none of theirs"])
def test_a_passkey_that_lets_nobody_in_is_on_the_trail_of_whom_it_says_it_is(
    api: Api, device: Device, wrong: dict[str, object]
) -> None:
    ada = be(api)
    lines(api)
    assert enter(api, replace(device, **wrong)).status_code == 403  # type: ignore[arg-type]  # one at a time
    found = line(api)
    assert (found["tenant"], found["actor"], found["operation"], found["about"], found["status"]) == (
        "acme",
        "anyone",
        "sign_in_with_passkey",
        {"account": f"person/{ada}"},
        403,
    )


def test_a_passkey_of_nobody_leaves_no_line(api: Api, device: Device) -> None:
    lines(api)
    for handle in (b"acme." + b"x" * 22, b"none.x", b"\xff"):
        enter(api, replace(device, handle=handle))
    assert lines(api) == []


def test_a_passkey_shown_twice_for_one_challenge_is_on_the_trail(api: Api, device: Device) -> None:
    body = shown(api, device)
    assert api.post(BASE, body).status_code == 200
    lines(api)
    assert api.post(BASE, body).status_code == 403
    assert line(api)["operation"] == "sign_in_with_passkey"


def test_a_passkey_that_is_not_added_is_on_the_trail(api: Api, device: Device) -> None:
    ada = be(api)
    lines(api)
    body = made(api, Device())
    other = api.post(f"{own(api)}/options").json()["browser"]
    assert api.post(own(api), body | {"browser": other}).status_code == 403
    found = line(api)
    assert (found["operation"], found["about"]) == ("add_passkey", {"account": f"person/{ada}"})


@pytest.mark.parametrize(
    ("path", "operation"), [("/oauth/token", "issue_token"), ("/oauth/introspect", "introspect_token")]
)
def test_a_refused_client_secret_is_on_the_trail_wherever_it_is_shown(api: Api, path: str, operation: str) -> None:
    sign_in_operator(api)
    client = api.post("/v1/clients", {"name": "HR"}).json()["client_id"]
    api.token = None
    lines(api)
    form = {"grant_type": "client_credentials", "token": "any"}
    for id, count in ((client, 1), ("acme.nobody", 0)):
        assert api.post(path, auth=(id, "x" * 43), data=form).status_code == 401
        found = lines(api)
        assert [one["operation"] for one in found] == [operation] * count
        assert all(one["about"] == {"account": f"client/{client.partition('.')[2]}"} for one in found)


def test_a_refresh_token_that_was_exchanged_long_before_is_on_the_trail(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_operator(api)
    api.token = None
    first = sign_in(api)["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": first}
    api.post("/oauth/token", data=form)
    monkeypatch.setattr("services.intake.identity.model.access.REPEATABLE", -REPEATABLE)
    lines(api)
    assert api.post("/oauth/token", data=form).json()["error"] == "invalid_grant"
    assert [(one["operation"], one["status"]) for one in lines(api)] == [("issue_token", 400)]


def test_guesses_at_one_account_leave_so_many_lines_an_hour_and_no_more(api: Api, unlimited: None) -> None:
    sign_in_operator(api)
    api.token = None
    tries = 2 * LINES_OF_ACCOUNT.times
    asked = by_link(request_mail(api))
    wrong = {**asked, "link": asked["link"][:-4] + "AAAA"}
    lines(api)
    assert {api.post("/v1/sign-in", wrong).status_code for _ in range(tries)} == {403}
    assert len(lines(api)) == LINES_OF_ACCOUNT.times


def test_guesses_at_many_accounts_leave_so_many_lines_an_hour_for_an_organization(
    api: Api, unlimited: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(LINES_OF_ORGANIZATION, times=5)
    monkeypatch.setattr("services.intake.identity.attempts.LINES_OF_ORGANIZATION", few)
    sign_in_operator(api)
    emails = [f"p{number}@example.org" for number in range(8)]
    for email in emails:
        add_person(api, email)
    api.token = None
    asked = [by_link(request_mail(api, email)) for email in emails]
    lines(api)
    for one in asked:
        api.post("/v1/sign-in", {**one, "link": one["link"][:-4] + "AAAA"})
    assert len(lines(api)) == few.times


def test_who_is_refused_for_too_many_tries_leaves_no_line(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    few = replace(WRONG_CREDENTIALS, times=3)
    monkeypatch.setattr("services.intake.identity.routes.door.WRONG_CREDENTIALS", few)
    sign_in_operator(api)
    api.token = None
    asked = by_code(request_mail(api))
    lines(api)
    statuses = [api.post("/v1/sign-in", {**asked, "code": "000000"}).status_code for _ in range(6)]
    assert statuses == [403, 403, 403, 429, 429, 429]
    assert len(lines(api)) == 3
