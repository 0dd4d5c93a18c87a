"""People stay signed in by refresh tokens that are exchanged at each use, see where, and sign out."""

import asyncio
from typing import Any

import httpx
import pytest

from services.intake.identity.attempts import WRONG_CREDENTIALS
from shared.contracts.access import RefreshTokenReused
from tests.services.intake.identity.issuing import add_person, claims, sign_in, sign_in_operator
from tests.shared.web.api import Api


def refresh(api: Api, token: str, **form: str) -> httpx.Response:
    return api.post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": token} | form)


def own(tokens: dict[str, Any]) -> str:
    """The path of whose tokens these are."""
    return f"/v1/people/{claims(tokens['access_token'])['sub']}"


def sessions(api: Api, tokens: dict[str, Any]) -> list[str]:
    """Where whose tokens these are is signed in."""
    api.token = tokens["access_token"]
    return [item["id"] for item in api.get(f"{own(tokens)}/sessions").json()["items"]]


def test_a_refresh_token_gives_new_tokens_of_the_same_session(api: Api) -> None:
    first = sign_in(api)
    answer = refresh(api, first["refresh_token"])
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    one, other = claims(first["access_token"]), claims(answer.json()["access_token"])
    assert [one[name] == other[name] for name in ("sub", "sid", "auth_time", "amr", "client_id", "tenant")] == [
        True
    ] * 6
    assert (one["amr"], one["client_id"], one["tenant"], one["exp"] - one["iat"]) == (["otp"], "sign-in", "acme", 300)
    assert answer.json()["refresh_token"] != first["refresh_token"]
    api.token = answer.json()["access_token"]
    assert api.get(own(first)).status_code == 200


def test_a_request_that_is_repeated_gets_the_same_refresh_token(api: Api) -> None:
    first = sign_in(api)["refresh_token"]

    async def at_once() -> list[httpx.Response]:
        form = {"grant_type": "refresh_token", "refresh_token": first}
        return await asyncio.gather(*(api.request("POST", "/oauth/token", data=form) for _ in range(10)))

    answers = api.runner.run(at_once())
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


def test_a_copy_of_a_refresh_token_ends_the_session_and_is_told(api: Api) -> None:
    first = sign_in(api)
    tokens = [first["refresh_token"]]
    for _ in range(2):
        tokens.append(refresh(api, tokens[-1]).json()["refresh_token"])
    assert refresh(api, tokens[0]).json()["error"] == "invalid_grant"
    assert api.published(RefreshTokenReused, "person_id") == [claims(first["access_token"])["sub"]]
    assert refresh(api, tokens[-1]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("end", [0, 1, 2, 3, 4])
def test_a_refresh_token_that_was_changed_gives_nothing_and_ends_nothing(api: Api, end: int) -> None:
    token = sign_in(api)["refresh_token"]
    parts = token.split(".")
    parts[end] = {3: "7"}.get(end, "x" * len(parts[end]))
    assert (refresh(api, ".".join(parts)).status_code, refresh(api, token).status_code) == (400, 200)
    assert api.published(RefreshTokenReused, "person_id") == []


@pytest.mark.parametrize(
    "token", ["", "x", "....", "acme.p1.s1.1.x", "acme.p1.s1.-1.x", "acme.p1.s1." + "9" * 30 + ".x"]
)
def test_what_is_no_refresh_token_gives_nothing(api: Api, token: str) -> None:
    answer = refresh(api, token)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_who_guesses_refresh_tokens_is_told_to_wait(api: Api) -> None:
    answers = [refresh(api, "acme.p1.s1.1.x").status_code for _ in range(WRONG_CREDENTIALS.times + 1)]
    assert answers == [400] * WRONG_CREDENTIALS.times + [429]


def test_nothing_of_a_refresh_token_is_in_the_database(api: Api) -> None:
    secret = sign_in(api)["refresh_token"].rpartition(".")[2]
    rows = [row for name in api.store.collections for row in api.rows(name)]
    assert rows
    assert not any(secret.encode() in row for row in rows)


def test_people_see_where_they_are_signed_in_and_end_one_of_them(api: Api) -> None:
    here, there = sign_in(api), sign_in(api)
    ids = [claims(one["access_token"])["sid"] for one in (here, there)]
    assert sorted(sessions(api, here)) == sorted(ids)
    assert api.post(f"{own(here)}/sessions/{ids[1]}/end").status_code == 200
    assert sessions(api, here) == ids[:1]
    assert [refresh(api, one["refresh_token"]).status_code for one in (here, there)] == [200, 400]


def test_who_signs_out_everywhere_is_signed_in_nowhere(api: Api) -> None:
    tokens = [sign_in(api) for _ in range(3)]
    api.token = tokens[0]["access_token"]
    assert api.post(f"{own(tokens[0])}/sign-out").status_code == 200
    assert sessions(api, tokens[0]) == []
    assert [refresh(api, one["refresh_token"]).status_code for one in tokens] == [400] * 3
    assert api.published(RefreshTokenReused, "person_id") == []


def test_nobody_sees_or_ends_the_sessions_of_others(api: Api) -> None:
    mine = sign_in(api)
    sign_in_operator(api)
    add_person(api, "ben@example.org")
    api.token = sign_in(api, "ben@example.org")["access_token"]
    answers = [
        api.get(f"{own(mine)}/sessions"),
        api.post(f"{own(mine)}/sign-out"),
        api.post(f"{own(mine)}/sessions/{claims(mine['access_token'])['sid']}/end"),
    ]
    assert all(answer.status_code in (403, 404) for answer in answers)
    api.token = None
    assert refresh(api, mine["refresh_token"]).status_code == 200
