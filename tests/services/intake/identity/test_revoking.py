"""What was revoked counts nowhere a moment later: by signing out, by RFC 7009; and RFC 7662 tells what counts."""

from typing import Any

import httpx
import pytest

from shared.contracts.access import AccessRevoked
from tests.services.intake.identity.issuing import (
    SECRET,
    claims,
    register,
    sign_in,
    sign_in_operator,
)
from tests.shared.web.api import Api

OPERATOR = ("operator", SECRET)


def own(tokens: dict[str, Any]) -> str:
    return f"/v1/people/{claims(tokens['access_token'])['sub']}"


def status(api: Api, tokens: dict[str, Any]) -> int:
    """What somebody is answered with a token, once the process has looked what is revoked."""
    api.look_again()
    api.token = tokens["access_token"]
    answer = api.get(own(tokens)).status_code
    api.token = None
    return answer


def revoke(api: Api, token: str, **form: str) -> httpx.Response:
    return api.post("/oauth/revoke", data={"token": token} | form)


def introspect(api: Api, token: str, auth: tuple[str, str] = OPERATOR) -> dict[str, Any]:
    answer = api.post("/oauth/introspect", data={"token": token}, auth=auth)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_no_token_of_a_person_counts_who_has_signed_out_everywhere_and_the_next_one_does(api: Api) -> None:
    tokens = [sign_in(api) for _ in range(2)]
    assert [status(api, one) for one in tokens] == [200, 200]
    api.token = tokens[0]["access_token"]
    assert api.post(f"{own(tokens[0])}/sign-out").status_code == 200
    api.token = None
    assert [status(api, one) for one in tokens] == [401, 401]
    assert status(api, sign_in(api)) == 200


def test_whoever_signs_in_and_out_within_a_second_is_let_in_and_out_each_time(api: Api) -> None:
    for _ in range(4):
        tokens = sign_in(api)
        assert status(api, tokens) == 200
        api.token = tokens["access_token"]
        api.post(f"{own(tokens)}/sign-out")
        api.token = None
        assert status(api, tokens) == 401


def test_a_session_that_is_ended_leaves_the_others(api: Api) -> None:
    here, there = sign_in(api), sign_in(api)
    api.token = here["access_token"]
    api.post(f"{own(here)}/sessions/{claims(there['access_token'])['sid']}/end")
    assert (status(api, here), status(api, there)) == (200, 401)


def test_a_reuse_ends_the_access_tokens_of_its_session_too(api: Api) -> None:
    first = sign_in(api)
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = api.post("/oauth/token", data=form).json()
    api.post("/oauth/token", data=form | {"refresh_token": second["refresh_token"]})
    assert status(api, second) == 200
    assert api.post("/oauth/token", data=form).status_code == 400
    assert (status(api, first), status(api, second)) == (401, 401)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_whoever_has_a_token_takes_its_session_back(api: Api, kind: str) -> None:
    taken, other = sign_in(api), sign_in(api)
    answer = revoke(api, taken[kind], token_type_hint=kind)
    assert (answer.status_code, answer.content, answer.headers["cache-control"]) == (200, b"", "no-store")
    assert (status(api, taken), status(api, other)) == (401, 200)
    assert api.published(AccessRevoked, "session_id") == [claims(taken["access_token"])["sid"]]
    assert revoke(api, taken[kind]).status_code == 200


@pytest.mark.parametrize("token", ["x", "acme.p1.s1.1.x", "a.b.c"])
def test_what_is_no_token_is_taken_back_without_a_word(api: Api, token: str) -> None:
    assert revoke(api, token).status_code == 200
    assert api.published(AccessRevoked, "session_id") == []


def test_a_clients_token_is_not_taken_back_alone(api: Api) -> None:
    token = api.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=OPERATOR).json()["access_token"]
    answer = revoke(api, token)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_token_type")


@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth/introspect"])
def test_a_request_without_a_token_says_so(api: Api, path: str) -> None:
    answer = api.post(path, data={"token_type_hint": "access_token"}, auth=OPERATOR)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_token_that_counts_is_described(api: Api) -> None:
    tokens = sign_in(api)
    said, found = claims(tokens["access_token"]), introspect(api, tokens["access_token"])
    assert found["active"] is True
    names = ("sub", "client_id", "iss", "aud", "exp", "iat", "tenant", "sid", "kind")
    assert {name: found[name] for name in names} == {name: said[name] for name in names}
    assert introspect(api, tokens["refresh_token"])["active"] is True


def test_what_does_not_count_is_not_active_and_no_more_is_said(api: Api) -> None:
    tokens = sign_in(api)
    revoke(api, tokens["refresh_token"])
    api.look_again()
    for token in (tokens["access_token"], tokens["refresh_token"], "x", "acme.p1.s1.1.x"):
        assert introspect(api, token) == {"active": False}


def test_a_client_hears_nothing_of_the_tokens_of_another_organization(api: Api) -> None:
    tokens, clients = sign_in(api), {}
    for slug in ("acme", "beta"):
        if slug == "beta":
            register(api, slug)
        sign_in_operator(api, slug)
        made = api.post("/v1/clients", {"name": "A gateway"}).json()
        clients[slug] = (made["client_id"], made["client_secret"])
    api.token = None
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert introspect(api, token, clients["acme"])["active"] is True
        assert introspect(api, token, clients["beta"]) == {"active": False}


@pytest.mark.parametrize("auth", [None, ("operator", "wrong"), ("acme.unknown", "x")])
def test_nobody_else_is_told_about_tokens(api: Api, auth: tuple[str, str] | None) -> None:
    answer = api.post("/oauth/introspect", data={"token": "x"}, **({"auth": auth} if auth else {}))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
