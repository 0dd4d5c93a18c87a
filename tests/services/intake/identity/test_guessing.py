"""Who guesses links and codes, or asks for too many mails, is told to wait, and the person hears of it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from services.intake.identity.attempts import (
    ORGANIZATION_MAILS,
    REMEMBERED,
    SIGN_IN_MAILS,
    WINDOW,
    WRONG_CODES,
    WRONG_CREDENTIALS,
    WRONG_SECRETS,
    Attempts,
    Bound,
    TooManyAttempts,
)
from services.intake.identity.model.access import PER_HOUR
from services.intake.identity.model.sign_in_requests import TRIES
from services.intake.identity.routes import sign_in_pages
from shared.contracts.access import GuessedAt, GuessingNoticed, SignInGuessed, SignInRequested
from shared.engine.authoring import tallies
from shared.engine.authoring.tallies import Tally
from shared.engine.memory.store import MemoryStore
from shared.ids import PersonId
from shared.web.network import network_of
from tests.services.intake.identity.issuing import (
    ADA,
    by_code,
    by_link,
    claims,
    issuing,
    request_mail,
    requested,
    sign_in,
    sign_in_operator,
)
from tests.shared.web.api import Api
from tests.shared.web.issuing import Hands

GUESS = {"link": "acme.0190.guess"}


def wrong(asked: dict[str, str]) -> dict[str, str]:
    shown = by_code(asked)
    return shown | {"code": f"{(int(shown['code']) + 1) % 1_000_000:06}"}


def test_nobody_is_mailed_more_than_five_times_an_hour_and_is_told_nothing_of_it(api: Api) -> None:
    asked = [request_mail(api) for _ in range(PER_HOUR + 1)]
    assert len(api.published(SignInRequested, "request_id")) == PER_HOUR
    answers = [api.post("/v1/sign-in", by_code(one)).status_code for one in asked]
    assert answers == [200] * PER_HOUR + [403]


def test_a_network_asks_for_thirty_mails_an_hour(api: Api) -> None:
    body = {"organization": "acme", "email": "somebody@example.org"}
    answers = [api.post("/v1/sign-in/requests", body) for _ in range(SIGN_IN_MAILS.times + 1)]
    assert [answer.status_code for answer in answers] == [202] * SIGN_IN_MAILS.times + [429]
    assert (answers[-1].json()["code"], 3500 < int(answers[-1].headers["retry-after"]) <= 3600) == (
        "too-many-attempts",
        True,
    )


def test_a_code_stands_five_wrong_ones_and_its_person_hears_of_it(api: Api) -> None:
    asked = request_mail(api)
    for _ in range(TRIES - 1):
        assert api.post("/v1/sign-in", wrong(asked)).status_code == 403
    assert api.published(SignInGuessed, "request_id") == []
    assert api.post("/v1/sign-in", wrong(asked)).status_code == 403
    assert api.published(SignInGuessed, "request_id") == [requested(asked).id]
    assert api.post("/v1/sign-in", by_code(asked)).status_code == 403


def test_wrong_codes_all_over_an_organization_close_codes_there_and_leave_links_open(api: Api) -> None:
    asked, other = request_mail(api), request_mail(api, "nobody@example.org")
    for number in range(WRONG_CODES.times):
        guess = by_code(other) | {"request": f"acme.guess-{number}"}
        assert api.post("/v1/sign-in", guess).status_code == 403
    assert api.post("/v1/sign-in", by_code(asked)).status_code == 429
    assert api.post("/v1/sign-in", by_link(asked)).status_code == 200


def test_who_guesses_links_is_told_to_wait_and_who_has_one_is_let_in(api: Api) -> None:
    shown = by_link(request_mail(api))
    answers = [api.post("/v1/sign-in", GUESS).status_code for _ in range(WRONG_CREDENTIALS.times + 1)]
    assert answers == [403] * WRONG_CREDENTIALS.times + [429]
    assert api.post("/v1/sign-in", shown).status_code == 200


def test_an_organization_is_asked_for_so_many_mails_from_wherever_that_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(ORGANIZATION_MAILS, times=40)
    assert SIGN_IN_MAILS.times < few.times < ORGANIZATION_MAILS.times
    monkeypatch.setattr(sign_in_pages, "ORGANIZATION_MAILS", few)
    with issuing(tmp_path, forwarded_hops=1) as api:
        body = {"organization": "acme", "email": "somebody@example.org"}
        answers = [
            api.post("/v1/sign-in/requests", body, headers={"X-Forwarded-For": f"10.0.0.{number}"})
            for number in range(few.times + 1)
        ]
        assert [answer.status_code for answer in answers] == [202] * few.times + [429]


def test_who_guesses_the_secret_of_a_client_is_told_to_wait_and_the_client_is_let_in(tmp_path: Path) -> None:
    with issuing(tmp_path, forwarded_hops=1) as api:
        sign_in_operator(api)
        client = api.post("/v1/clients", {"name": "HR"}).json()
        api.token = None

        def get_in(secret: str, number: int) -> httpx.Response:
            headers = {"X-Forwarded-For": f"made up, 10.0.0.{number}"}
            form = {"grant_type": "client_credentials"}
            return api.post("/oauth/token", data=form, auth=(client["client_id"], secret), headers=headers)

        answers = [get_in("guess", number).status_code for number in range(WRONG_SECRETS.times + 1)]
        assert answers == [401] * WRONG_SECRETS.times + [429]
        assert get_in(client["client_secret"], 200).status_code == 200


def test_attempts_are_counted_by_all_processes_together_and_forgotten_after_an_hour() -> None:
    clock, bound, store = Hands(), Bound("tries", 2), MemoryStore()
    one, other = (Attempts(Tally(store, clock, WINDOW), clock) for _ in range(2))

    async def try_out() -> None:
        assert not await one.count(bound, "mallory")
        clock.move(minutes=10)
        assert await other.count(bound, "mallory")
        with pytest.raises(TooManyAttempts) as refused:
            await other.count(bound, "mallory")
        assert refused.value.retry_after == 50 * 60
        assert await one.count(bound, "mallory")  # by which it learns of the others
        with pytest.raises(TooManyAttempts):
            one.check(bound, "mallory")
        assert not await other.count(bound, "somebody else")
        clock.move(minutes=50)
        other.check(bound, "mallory")

    asyncio.run(try_out())


def test_what_is_counted_names_nobody_and_goes_by_itself() -> None:
    clock, store = Hands(), MemoryStore()
    asyncio.run(Attempts(Tally(store, clock, WINDOW), clock).count(Bound("tries", 2), "192.0.2.1"))
    (row,) = asyncio.run(store.find(tallies.COLLECTION, {}))
    assert "192.0.2.1" not in str(row)
    assert row["expires"] == clock() + WINDOW
    assert any(index.expires for index in tallies.INDEXES)


def test_who_tried_too_much_is_remembered_until_too_many_have() -> None:
    clock = Hands()
    attempts = Attempts(Tally(MemoryStore(), clock, WINDOW), clock)

    async def try_out() -> None:
        for number in range(REMEMBERED + 1):
            attempts.closed[("tries", str(number))] = clock()
        await attempts.note(Bound("tries", 1), "mallory")

    asyncio.run(try_out())
    assert len(attempts.closed) == REMEMBERED + 1
    assert ("tries", "0") not in attempts.closed
    assert ("tries", "mallory") in attempts.closed


def test_whoever_has_the_right_credential_is_let_in_without_a_look_at_what_others_try(api: Api) -> None:
    assert api.post("/v1/sign-in", by_link(request_mail(api))).status_code == 200
    counted = [row["key"].partition("/")[0] for row in api.runner.run(api.store.find(tallies.COLLECTION, {}))]
    assert sorted(counted) == ["sign-in-mails", "sign-in-mails-of-an-organization"]


@pytest.fixture
def admin(api: Api) -> str:
    """Ada, who runs acme."""
    sign_in_operator(api)
    invitation = api.post("/v1/role-invitations", {"email": ADA, "role": "admin"}).json()["id"]
    api.token = str(sign_in(api)["access_token"])
    assert api.post(f"/v1/role-invitations/{invitation}/accept").status_code == 200
    id: str = claims(api.token)["sub"]
    api.token = None
    return id


def test_admins_hear_of_codes_that_are_guessed_all_over_their_organization_and_once_a_day(api: Api, admin: str) -> None:
    asked = request_mail(api)
    for number in range(WRONG_CODES.times):
        api.post("/v1/sign-in", by_code(asked) | {"request": f"acme.guess-{number}"})
    assert api.published(GuessingNoticed, "admins") == [(PersonId(admin),)]
    assert api.published(GuessingNoticed, "guessed_at") == [GuessedAt.CODES]
    api.app.state.attempts.closed.clear()
    api.post("/v1/sign-in", by_code(asked) | {"request": "acme.guess"})
    assert len(api.published(GuessingNoticed, "admins")) == 1


def test_admins_hear_of_a_client_whose_secret_is_guessed_and_of_none_that_is_made_up(api: Api, admin: str) -> None:
    sign_in_operator(api)
    id = api.post("/v1/clients", {"name": "HR"}).json()["client_id"]
    api.token = None
    for client_id in (id, "acme.made-up", "nowhere.made-up"):
        for _ in range(WRONG_SECRETS.times):
            api.app.state.attempts.closed.pop(("wrong-credentials", "127.0.0.1"), None)
            api.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=(client_id, "guess"))
    assert api.published(GuessingNoticed, "client_id") == [id]


def test_an_organization_without_admins_is_told_nothing(api: Api) -> None:
    asked = request_mail(api)
    for number in range(WRONG_CODES.times):
        api.post("/v1/sign-in", by_code(asked) | {"request": f"acme.guess-{number}"})
    assert api.published(GuessingNoticed, "admins") == []


@pytest.mark.parametrize(
    ("peer", "forwarded", "hops", "network"),
    [
        ("192.0.2.1", [], 0, "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], 0, "192.0.2.1"),
        ("10.0.0.1", ["198.51.100.7"], 1, "198.51.100.7"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.7"], 1, "198.51.100.7"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.7"], 1, "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7, 10.0.0.2"], 2, "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7"], 2, "10.0.0.1"),
        ("10.0.0.1", ["nobody"], 1, "10.0.0.1"),
        ("10.0.0.1", [], 1, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", [], 0, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", [], 0, "192.0.2.1"),
        ("testclient", [], 0, "testclient"),
    ],
)
def test_a_network_is_what_our_own_proxies_say_and_nothing_that_anybody_made_up(
    peer: str, forwarded: list[str], hops: int, network: str
) -> None:
    assert network_of(peer, forwarded, hops) == network
