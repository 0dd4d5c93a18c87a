"""The token endpoint, as OAuth has it (RFC 6749)."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.intake.identity.model.clients import Client
from shared.engine.authoring.scopes import SCOPES
from tests.names import NO_NAMES
from tests.services.intake.identity.issuing import SECRET, ask_token, issuing, register, sign_in_operator
from tests.shared.web.api import Api

GRANT = "grant_type=client_credentials"
CREDENTIALS = f"client_id=operator&client_secret={SECRET.replace(' ', '+')}"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with issuing(tmp_path) as found:
        yield found


def register_client(api: Api) -> tuple[str, str]:
    sign_in_operator(api)
    made = api.post("/v1/clients", {"name": "HR system"}).json()
    api.token = None
    return made["client_id"], made["client_secret"]


def test_an_operator_gets_a_token_in_a_tenant_or_in_none(api: Api) -> None:
    answer = ask_token(api, tenant="acme")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 300)
    api.token = answer.json()["access_token"]
    assert api.post("/v1/people", {}).status_code == 422
    api.token = None
    api.token = ask_token(api).json()["access_token"]
    organization = {"slug": "beta", "name": "Beta", "time_zone": "Europe/Rome"}
    assert api.post("/v1/organizations", organization).status_code == 201


def test_credentials_may_come_in_the_form(api: Api) -> None:
    assert api.post("/oauth/token", content=f"{GRANT}&{CREDENTIALS}", headers=FORM).status_code == 200


def test_credentials_in_a_header_are_encoded_like_in_a_form(api: Api) -> None:
    encoded = base64.b64encode(f"operator:{SECRET.replace(' ', '+')}".encode()).decode()
    answer = api.post("/oauth/token", content=GRANT, headers=FORM | {"Authorization": f"Basic {encoded}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("name", [name for name in NO_NAMES if "\x00" not in name])
def test_a_client_whose_name_cannot_be_read_is_refused_with_the_field(api: Api, name: str) -> None:
    sign_in_operator(api)
    refused = api.post("/v1/clients", {"name": name})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "/name"


@pytest.mark.parametrize("slug", ["no-such-org", "acmee", "sandbox-acme"])
def test_nobody_gets_a_token_in_an_organization_that_does_not_exist(api: Api, slug: str) -> None:
    answer = ask_token(api, tenant=slug)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")
    assert slug in answer.json()["error_description"]
    register(api, slug)
    assert ask_token(api, tenant=slug).status_code == 200


def test_a_client_gets_tokens_in_its_own_tenant(api: Api) -> None:
    client = register_client(api)
    assert client[0].startswith("acme.")
    for form in ({}, {"tenant": "acme"}):
        answer = ask_token(api, client, **form)
        assert answer.status_code == 200
    api.token = answer.json()["access_token"]
    assert api.post("/v1/people", {}).status_code == 422
    assert api.post("/v1/clients", {"name": "Another"}).status_code == 403


def test_a_client_gets_no_token_of_another_tenant(api: Api) -> None:
    client = register_client(api)
    answer = ask_token(api, client, tenant="beta")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_clients_secret_is_nowhere_in_the_database(api: Api) -> None:
    _, secret = register_client(api)
    rows = [row for collection in api.store.collections.values() for row in collection.values()]
    assert rows
    assert not any(secret.encode() in row for row in rows)


@pytest.mark.parametrize(
    ("id", "secret"),
    [
        ("operator", "wrong"),
        ("operator", ""),
        ("operator", "größer"),
        ("nobody", SECRET),
        ("acme.unknown", SECRET),
        ("acme.", SECRET),
        ("", ""),
    ],
)
def test_an_unknown_client_or_a_wrong_secret_are_told_the_same(api: Api, id: str, secret: str) -> None:
    answer = ask_token(api, (id, secret))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"] == 'Basic realm="ithaca"'
    assert answer.json()["error_description"] == "There is no client with this id and secret."


def test_a_known_client_with_a_wrong_secret_gets_no_token(api: Api) -> None:
    id, _ = register_client(api)
    assert ask_token(api, (id, "wrong")).json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    "authorization", ["Basic", "Basic !", "Basic YWJj", "Basic /////w==", "Basic größer", "Bearer abc"]
)
def test_a_header_that_cannot_be_read_is_no_credential(api: Api, authorization: str) -> None:
    headers = FORM | {"Authorization": authorization.encode()}
    answer = api.post("/oauth/token", content=GRANT, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "invalid_request"),
        (CREDENTIALS, "invalid_request"),
        (f"grant_type=&{CREDENTIALS}", "invalid_request"),
        (f"grant_type=password&{CREDENTIALS}", "unsupported_grant_type"),
        (f"{GRANT}&{GRANT}&{CREDENTIALS}", "invalid_request"),
        (f"{GRANT}&scope=all&{CREDENTIALS}", "invalid_scope"),
        (f"{GRANT}&tenant=A/B&{CREDENTIALS}", "invalid_request"),
        (f"{GRANT}&{CREDENTIALS}&" + "&".join(f"p{i}=1" for i in range(30)), "invalid_request"),
        (b"\xff", "invalid_request"),
        (f"{GRANT}&client_id=%ff&client_secret=%ed%a0%80", "invalid_request"),
    ],
)
def test_a_request_that_cannot_be_granted_says_why(api: Api, body: str | bytes, error: str) -> None:
    answer = api.post("/oauth/token", content=body, headers=FORM)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert (answer.headers["cache-control"], bool(answer.json()["error_description"])) == ("no-store", True)


def test_a_body_of_another_type_is_refused(api: Api) -> None:
    answer = api.post("/oauth/token", {"grant_type": "client_credentials"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_secret_in_two_places_is_refused(api: Api) -> None:
    assert ask_token(api, client_secret=SECRET).json()["error"] == "invalid_request"


def test_a_client_is_read_where_its_registration_says_and_its_secret_nowhere(api: Api) -> None:
    sign_in_operator(api)
    made = api.post("/v1/clients", {"name": "The managers"})
    where = made.headers["location"]
    shown = api.get(where).json()
    assert (shown["client_id"], shown["name"]) == (made.json()["client_id"], "The managers")
    assert made.json()["client_secret"] not in str(shown)
    id = made.json()["client_id"].partition(".")[2]
    for other in (f"/v1/clients/beta.{id}", f"/v1/clients/{id}", "/v1/clients/acme.nobody"):
        assert api.get(other).status_code == 404
    credentials, api.token = (shown["client_id"], made.json()["client_secret"]), None
    api.token = ask_token(api, credentials).json()["access_token"]
    assert api.get(where).status_code == 403


def registered(api: Api, **asked: object) -> dict[str, Any]:
    """Register a client of acme, as an operator."""
    sign_in_operator(api)
    made: dict[str, Any] = api.post("/v1/clients", {"name": "HR system", **asked}).json()
    api.token = None
    return made


def test_a_client_has_the_scopes_that_it_was_registered_for_and_says_so(api: Api) -> None:
    made = registered(api, scopes=["intake:read", "timers:read", "intake:read"])
    assert made["scopes"] == ["intake:read", "timers:read"]
    token = ask_token(api, (made["client_id"], made["client_secret"])).json()
    assert token["scope"] == "intake:read timers:read"
    api.token = token["access_token"]
    assert api.get("/v1/timers").status_code == 200
    person = {"name": "Ada", "email": "ada@example.org", "time_zone": "Europe/Rome"}
    assert api.post("/v1/people", person).status_code == 403


def test_a_client_for_which_nothing_is_said_has_every_scope(api: Api) -> None:
    made = registered(api)
    token = ask_token(api, (made["client_id"], made["client_secret"])).json()
    assert set(token["scope"].split(" ")) == set(made["scopes"]) == set(SCOPES)


def test_a_client_asks_for_less_than_it_has_and_never_for_more(api: Api) -> None:
    made = registered(api, scopes=["intake:read", "intake:write"])
    credentials = made["client_id"], made["client_secret"]
    assert ask_token(api, credentials, scope="intake:write").json()["scope"] == "intake:write"
    for asked in ("matching:read", "intake:read matching:read", "all", "intake:read,intake:write", "intake:read "):
        answer = ask_token(api, credentials, scope=asked)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
        assert "This client has intake:read intake:write" in answer.json()["error_description"]


def test_a_client_that_was_registered_before_there_were_scopes_has_them_all() -> None:
    assert Client(name="HR system").granted == set(SCOPES)


@pytest.mark.parametrize("scopes", [[], ["all"], ["intake:read", ""], "intake:read", None, [7], {"intake:read": True}])
def test_scopes_that_there_are_not_are_refused_with_those_that_there_are(api: Api, scopes: object) -> None:
    sign_in_operator(api)
    answer = api.post("/v1/clients", {"name": "HR system", "scopes": scopes})
    assert (answer.status_code, answer.json()["errors"][0]["field"].startswith("/scopes")) == (422, True)
