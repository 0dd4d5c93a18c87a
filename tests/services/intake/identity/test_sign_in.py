"""People sign in with a link that works once; everybody can check the tokens that come of it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.intake.identity.commands import SignIn, commands
from tests.services.intake.identity.issuing import add_person, issuing, make_link, sign_in_operator
from tests.shared.web.api import Api


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with issuing(tmp_path) as found:
        sign_in_operator(found)
        yield found


def test_a_person_signs_in_with_a_link_and_is_known_from_then_on(api: Api) -> None:
    person_id = add_person(api)
    made = api.post("/v1/sign-in-links", {"person_id": person_id})
    assert (made.status_code, made.json()["expires_in"], made.headers["cache-control"]) == (201, 900, "no-store")
    api.token = None
    signed_in = api.post("/v1/sign-in", {"link": made.json()["link"]})
    assert (signed_in.status_code, signed_in.headers["cache-control"]) == (200, "no-store")
    api.token = signed_in.json()["access_token"]
    assert api.get(f"/v1/people/{person_id}").json()["name"] == "Ada"
    assert api.post("/v1/sign-in-links", {"person_id": person_id}).json()["code"] == "not-allowed"


def test_of_many_who_use_a_link_at_the_same_time_one_is_let_in(api: Api) -> None:
    link = make_link(api, add_person(api))
    api.token = None

    async def use() -> list[httpx.Response]:
        return await asyncio.gather(*(api.request("POST", "/v1/sign-in", json={"link": link}) for _ in range(20)))

    answers = api.runner.run(use())
    assert sorted(answer.status_code for answer in answers) == [200] + [403] * 19
    assert api.post("/v1/sign-in", {"link": link}).json()["code"] == "link-not-valid"


def test_a_link_that_was_changed_lets_nobody_in(api: Api) -> None:
    link = make_link(api, add_person(api))
    tenant, id, secret = link.split(".")
    api.token = None
    wrong = ["", "..", secret, f"beta.{id}.{secret}", f"{tenant}.unknown.{secret}", f"{tenant}.{id}.guess", f"{link}x"]
    answers = [api.post("/v1/sign-in", {"link": each}) for each in wrong]
    assert {(answer.status_code, answer.json()["detail"]) for answer in answers} == {
        (403, "This link was used already, has expired or is incomplete: ask for a new one.")
    }
    assert api.post("/v1/sign-in", {"link": link}).status_code == 200


def test_a_link_is_for_somebody_who_exists(api: Api) -> None:
    answer = api.post("/v1/sign-in-links", {"person_id": "nobody"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_links_secret_is_nowhere_in_the_database(api: Api) -> None:
    secret = make_link(api, add_person(api)).rpartition(".")[2]
    api.post("/v1/sign-in", {"link": secret})
    assert not any(secret.encode() in row for rows in api.store.collections.values() for row in rows.values())


def test_the_commands_behind_the_routes_cannot_be_asked_for_directly(api: Api) -> None:
    paths = api.get("/openapi.json").json()["paths"]
    commands = {operation["operationId"] for operations in paths.values() for operation in operations.values()}
    assert not {"RegisterClient", "MakeSignInLink", "SignIn"} & commands
    assert {"issue_token", "sign_in", "register_client", "make_sign_in_link"} <= commands


def test_only_intakes_own_routes_may_use_a_link_up() -> None:
    (sign_in,) = (handler.http for handler in commands.handlers if handler.takes is SignIn and handler.http)
    assert (sign_in.path, sign_in.allow) == ("", frozenset({"service"}))


def test_the_keys_and_the_way_to_tokens_are_published(api: Api) -> None:
    api.token = None
    keys = api.get("/.well-known/jwks.json")
    assert [(key["alg"], key["use"], key["crv"]) for key in keys.json()["keys"]] == [("ES256", "sig", "P-256")]
    assert "max-age" in keys.headers["cache-control"]
    assert "d" not in keys.json()["keys"][0]
    found = api.get("/.well-known/oauth-authorization-server").json()
    assert found["token_endpoint"] == f"{found['issuer']}/oauth/token"
    assert found["jwks_uri"] == f"{found['issuer']}/.well-known/jwks.json"


def test_all_but_the_named_paths_of_intake_need_a_token(api: Api) -> None:
    api.token = None
    paths = api.get("/openapi.json").json()["paths"]
    entered = {
        path
        for path, operations in paths.items()
        for method in operations
        if api.send(method.upper(), path).status_code != 401
    }
    assert entered == {
        "/",
        "/livez",
        "/readyz",
        "/oauth/token",
        "/v1/sign-in",
        "/.well-known/jwks.json",
        "/.well-known/oauth-authorization-server",
    }


def test_whether_a_link_was_used_is_read_where_its_making_says_and_no_secret_with_it(api: Api) -> None:
    person_id = add_person(api)
    made = api.post("/v1/sign-in-links", {"person_id": person_id})
    where = made.headers["location"]
    assert (api.get(where).json()["person_id"], api.get(where).json()["used_at"]) == (person_id, None)
    operator, api.token = api.token, None
    signed_in = api.post("/v1/sign-in", {"link": made.json()["link"]})
    api.token = operator
    assert api.get(where).json()["used_at"] is not None
    assert set(api.get(where).json()) == {"id", "person_id", "expires_at", "used_at"}
    api.token = signed_in.json()["access_token"]
    assert api.get(where).status_code == 403


def test_a_client_is_read_where_its_registration_says_and_its_secret_nowhere(api: Api) -> None:
    made = api.post("/v1/clients", {"name": "The managers"})
    where = made.headers["location"]
    assert api.get(where).json() == {"client_id": made.json()["client_id"], "name": "The managers"}
    id = made.json()["client_id"].partition(".")[2]
    for other in (f"/v1/clients/beta.{id}", f"/v1/clients/{id}", "/v1/clients/acme.nobody"):
        assert api.get(other).status_code == 404
    api.token = api.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(made.json()["client_id"], made.json()["client_secret"]),
    ).json()["access_token"]
    assert api.get(where).status_code == 403
