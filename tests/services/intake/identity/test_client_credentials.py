"""Systems are listed, renamed, given a second secret or keys of their own, and disabled."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from services.intake.identity.assertions import TYPE
from shared.contracts.access import AccessRevoked
from tests.services.intake.identity.issuing import ask_token, issuing, register, sign_in_operator
from tests.shared.web.api import Api

Credentials = tuple[str, str]
ISSUER = "http://127.0.0.1:8001"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Requests are the operator's, in acme."""
    with issuing(tmp_path) as found:
        sign_in_operator(found)
        yield found


def new_client(api: Api, name: str = "HR") -> Credentials:
    made = api.post("/v1/clients", {"name": name}).json()
    return made["client_id"], made["client_secret"]


def get_in(api: Api, credentials: Credentials) -> int:
    """What the token endpoint answers a client with these credentials."""
    operator, api.token = api.token, None
    status = ask_token(api, credentials).status_code
    api.token = operator
    return status


def show(api: Api, assertion: str, **form: str) -> httpx.Response:
    """What the token endpoint answers to a statement."""
    operator, api.token = api.token, None
    shown = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion}
    answer = api.post("/oauth/token", data=shown | form)
    api.token = operator
    return answer


class Signer:
    """A client with a key of its own."""

    def __init__(self, api: Api) -> None:
        self.client_id, self.secret = new_client(api)
        self.key = ECKey.generate_key("P-256", auto_kid=True)
        keys = [self.key.as_dict(private=False)]
        assert api.post(f"/v1/clients/{self.client_id}/keys", {"keys": keys}).status_code == 200
        self.count = 0

    def sign(self, header: dict[str, Any] | None = None, key: Any = None, **changed: Any) -> str:
        """A statement that lets it in, unless something is changed; None leaves a claim out."""
        self.count += 1
        now = int(datetime.now(UTC).timestamp())
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": ISSUER, "exp": now + 60, "jti": f"j{self.count}"}
        said = {name: value for name, value in (claims | changed).items() if value is not None}
        algorithm = (header or {}).get("alg", "ES256")
        full = {"alg": "ES256", "kid": self.key.kid} | (header or {})
        named = {name: value for name, value in full.items() if value is not None}
        return jwt.encode(named, said, key or self.key, algorithms=[algorithm])


def test_clients_are_listed_with_the_day_on_which_they_were_used_last(api: Api) -> None:
    used, idle = new_client(api), new_client(api, "Idle")
    assert get_in(api, used) == 200
    listed = {one["client_id"]: one for one in api.get("/v1/clients").json()["items"]}
    assert {id: one["name"] for id, one in listed.items()} == {used[0]: "HR", idle[0]: "Idle"}
    assert listed[used[0]]["used_on"] == str(datetime.now(UTC).date())
    assert listed[idle[0]]["used_on"] is None
    assert used[1] not in api.get("/v1/clients").text


def test_a_client_is_noted_once_a_day_however_often_it_comes(api: Api) -> None:
    client = new_client(api)
    for _ in range(5):
        assert get_in(api, client) == 200
    assert api.get(f"/v1/clients/{client[0]}").headers["etag"] == '"2"'


def test_a_client_is_renamed(api: Api) -> None:
    id, _ = new_client(api)
    assert api.post(f"/v1/clients/{id}/rename", {"name": "People team"}).status_code == 200
    assert api.get(f"/v1/clients/{id}").json()["name"] == "People team"


def test_two_secrets_count_at_once_and_one_of_them_is_ended(api: Api) -> None:
    id, first = new_client(api)
    made = api.post(f"/v1/clients/{id}/secrets")
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    second = made.json()["client_secret"]
    assert [get_in(api, (id, secret)) for secret in (first, second)] == [200, 200]
    assert api.post(f"/v1/clients/{id}/secrets").json()["code"] == "two-secrets"
    assert [one["id"] for one in api.get(f"/v1/clients/{id}").json()["secrets"]] == ["first", made.json()["secret_id"]]
    assert api.post(f"/v1/clients/{id}/secrets/first/end").status_code == 200
    assert [get_in(api, (id, secret)) for secret in (first, second)] == [401, 200]
    last = api.post(f"/v1/clients/{id}/secrets/{made.json()['secret_id']}/end")
    assert (last.status_code, last.json()["code"]) == (409, "last-credential")


def test_a_client_that_is_disabled_gets_no_token_and_has_none_that_counts(api: Api) -> None:
    client, operator = new_client(api), api.token
    api.token = None
    token = ask_token(api, client).json()["access_token"]
    api.token = operator
    assert api.post(f"/v1/clients/{client[0]}/disable").status_code == 200
    assert api.published(AccessRevoked, "access_id") == [f"client/{client[0].partition('.')[2]}"]
    assert get_in(api, client) == 401
    api.look_again()
    api.token = token
    assert api.get("/v1/programs").status_code == 401
    api.token = operator
    assert api.get(f"/v1/clients/{client[0]}").json()["disabled_at"] is not None
    for path in ("rename", "secrets", "keys"):
        answer = api.post(f"/v1/clients/{client[0]}/{path}", {"rename": {"name": "x"}, "keys": {"keys": []}}.get(path))
        assert answer.json()["code"] == "client-disabled"


@pytest.mark.parametrize("action", ["rename", "keys", "secrets", "secrets/first/end", "disable"])
def test_a_client_of_another_organization_is_not_there(api: Api, action: str) -> None:
    id, _ = new_client(api)
    register(api, "beta")
    sign_in_operator(api, "beta")
    body = {"rename": {"name": "x"}, "keys": {"keys": []}}.get(action)
    named = [f"acme.{id.partition('.')[2]}", f"beta.{id.partition('.')[2]}", "beta.nobody"]
    assert [api.post(f"/v1/clients/{one}/{action}", body).status_code for one in named] == [404] * 3


def test_a_client_gets_in_by_what_it_has_signed(api: Api) -> None:
    signer = Signer(api)
    for audience in (ISSUER, f"{ISSUER}/oauth/token", ["x", ISSUER]):
        answer = show(api, signer.sign(aud=audience))
        assert answer.status_code == 200, answer.text
    assert show(api, signer.sign(), client_id=signer.client_id).status_code == 200
    assert show(api, signer.sign({"kid": None})).status_code == 200
    assert get_in(api, (signer.client_id, signer.secret)) == 200


def test_what_was_signed_lets_in_once(api: Api) -> None:
    signer = Signer(api)
    assertion = signer.sign()
    answers = [show(api, assertion) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 401, 401]
    assert "was shown before" in answers[1].json()["error_description"]
    assert show(api, signer.sign(jti="j1")).status_code == 401


NOW = int(datetime.now(UTC).timestamp())
WRONG: dict[str, dict[str, Any]] = {
    "for somebody else": {"aud": "https://elsewhere.example"},
    "for nobody": {"aud": None},
    "for a list of numbers": {"aud": [1]},
    "of another issuer": {"iss": "acme.other"},
    "expired": {"exp": NOW - 60},
    "for longer than five minutes": {"exp": NOW + 3600},
    "for ever": {"exp": 2**40},
    "with no end": {"exp": None},
    "with an end that is text": {"exp": "tomorrow"},
    "of the future": {"iat": NOW + 3600},
    "not yet": {"nbf": NOW + 3600},
    "without an id": {"jti": None},
    "with an empty id": {"jti": ""},
    "with a long id": {"jti": "x" * 256},
    "with a number as its id": {"jti": 7},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
def test_a_statement_that_is_wrong_lets_nobody_in(api: Api, changed: dict[str, Any]) -> None:
    answer = show(api, Signer(api).sign(**changed))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_statement_by_another_key_or_algorithm_lets_nobody_in(api: Api) -> None:
    signer, other = Signer(api), Signer(api)
    shared = OctKey.generate_key(256)
    wrong = [
        signer.sign(key=other.key),
        signer.sign({"kid": other.key.kid}, key=other.key),
        signer.sign({"alg": "HS256"}, key=shared),
        signer.sign(sub=other.client_id, iss=other.client_id),
        signer.sign().rpartition(".")[0] + ".",
        "a.b.c",
        "x",
    ]
    assert [show(api, one).status_code for one in wrong] == [401] * len(wrong)


def test_a_secret_and_a_statement_together_are_refused(api: Api) -> None:
    signer = Signer(api)
    both = show(api, signer.sign(), client_secret=signer.secret)
    assert (both.status_code, both.json()["error"]) == (400, "invalid_request")
    typed = show(api, signer.sign(), client_assertion_type="something")
    assert (typed.status_code, typed.json()["error"]) == (400, "invalid_request")


def test_a_key_that_is_private_or_of_another_kind_is_refused_with_the_field(api: Api) -> None:
    id, _ = new_client(api)
    wrong = [
        ECKey.generate_key("P-256").as_dict(private=True),
        ECKey.generate_key("P-384").as_dict(private=False),
        {"kty": "oct", "k": "c2VjcmV0"},
        {},
        {"kty": 7},
    ]
    for key in wrong:
        refused = api.post(f"/v1/clients/{id}/keys", {"keys": [key]})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/keys/0")


def test_a_client_without_any_credential_could_not_get_in(api: Api) -> None:
    signer = Signer(api)
    assert api.post(f"/v1/clients/{signer.client_id}/secrets/first/end").status_code == 200
    assert show(api, signer.sign()).status_code == 200
    refused = api.post(f"/v1/clients/{signer.client_id}/keys", {"keys": []})
    assert (refused.status_code, refused.json()["code"]) == (409, "last-credential")
