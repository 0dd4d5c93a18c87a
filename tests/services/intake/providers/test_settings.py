"""An admin sets the provider, reads the settings without the secret, and takes it away again."""

from typing import Any

import pytest
from pydantic import SecretStr

from shared.contracts.access import IdentityProviderRemoved, IdentityProviderSet
from tests.services.intake.identity.issuing import register, sign_in_operator
from tests.services.intake.providers.provider import SECRET, Provider
from tests.services.intake.providers.signing_in import Acme


def test_what_is_set_is_read_again_without_the_secret(acme: Acme) -> None:
    program = acme.program()
    rules = [{"claim": "groups", "value": "m", "role": "manager", "program_id": program}]
    acme.configure(rules=rules, domains=["ACME.example", "münchen.example"], scopes=["email"])
    shown = acme.as_admin("GET", "/v1/identity-provider").json()
    assert (shown["issuer"], shown["domains"]) == (acme.provider.issuer, ["acme.example", "münchen.example"])
    assert (shown["rules"], shown["scopes"], shown["has_secret"]) == (rules, ["openid", "email"], True)
    assert shown["redirect_uri"] == "http://127.0.0.1:8001/v1/sign-in/provider"
    assert SECRET not in str(shown)
    assert acme.api.published(IdentityProviderSet, "roles")[-1] == ["manager"]


def test_a_secret_stays_where_it_is_left_out_and_is_shown_to_no_other_provider(acme: Acme) -> None:
    known = {name: value for name, value in acme.settings().items() if name != "client_secret"}
    assert acme.as_admin("POST", "/v1/identity-provider", known | {"scopes": ["email"]}).status_code == 200
    assert acme.sign_in().status_code == 200
    for other in ({"issuer": "https://evil.example"}, {"client_id": "another"}):
        answer = acme.as_admin("POST", "/v1/identity-provider", known | other)
        assert (answer.status_code, answer.json()["code"]) == (409, "credential-missing")


def test_what_was_removed_is_gone_and_can_be_set_again(acme: Acme) -> None:
    assert acme.as_admin("POST", "/v1/identity-provider/remove").status_code == 200
    assert acme.as_admin("POST", "/v1/identity-provider/remove").json()["code"] == "provider-not-set"
    shown = acme.as_admin("GET", "/v1/identity-provider").json()
    assert (shown["issuer"], shown["domains"], shown["has_secret"]) == (None, [], False)
    assert acme.api.published(IdentityProviderRemoved, "issuer") == [acme.provider.issuer]
    without = {name: value for name, value in acme.settings().items() if name != "client_secret"}
    assert acme.as_admin("POST", "/v1/identity-provider", without).json()["code"] == "credential-missing"
    acme.configure()
    assert acme.sign_in().status_code == 200


def test_a_key_of_our_own_takes_the_place_of_a_secret(acme: Acme) -> None:
    own = {"client_secret": None, "method": "private_key_jwt"}
    acme.configure(**own)
    (key,) = acme.as_admin("GET", "/v1/identity-provider").json()["jwks"]["keys"]
    assert (key["crv"], key["alg"], "d" in key) == ("P-256", "ES256", False)
    acme.configure(**own, scopes=["email"])
    assert acme.as_admin("GET", "/v1/identity-provider").json()["jwks"]["keys"] == [key]
    assert acme.sign_in().status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"domains": []},
        {"domains": ["ada@acme.example"]},
        {"domains": ["acme"]},
        {"domains": ["*"]},
        {"client_id": ""},
        {"client_id": "a b"},
        {"method": "client_secret_jwt"},
        {"method": "none"},
        {"client_secret": ""},
        {"rules": [{"claim": "groups", "value": "x", "role": "owner"}]},
        {"rules": [{"claim": "groups", "value": "x", "role": "manager"}]},
        {"rules": [{"claim": "groups", "value": "x", "role": "admin", "program_id": "p"}]},
        {"rules": [{"claim": "", "value": "x", "role": "admin"}]},
        {"rules": [{"claim": "groups", "value": "x", "role": "admin"}] * 2},
        {"scopes": ["a b"]},
        {"unknown": 1},
    ],
)
def test_what_has_not_the_shape_of_settings_is_refused(acme: Acme, wrong: dict[str, Any]) -> None:
    assert acme.as_admin("POST", "/v1/identity-provider", acme.settings(**wrong)).status_code == 422


@pytest.mark.parametrize(
    "issuer",
    [
        "http://idp.example.org",
        "http://127.0.0.1.evil.example",
        "https://user@idp.example.org",
        "https://idp.example.org?x=1",
        "https://idp.example.org/#x",
        "file:///etc/passwd",
        "https://",
        "https://idp.example.org\\@evil.example",
        "https://idp .example.org",
        "https://idp.example.org:port",
    ],
)
def test_an_issuer_that_is_no_address_of_a_provider_is_refused(acme: Acme, issuer: str) -> None:
    answer = acme.as_admin("POST", "/v1/identity-provider", acme.settings(issuer=issuer))
    assert (answer.status_code, answer.json()["code"]) == (409, "issuer-not-usable")


def test_a_program_and_a_client_must_be_the_organizations_own(acme: Acme) -> None:
    register(acme.api, "beta")
    sign_in_operator(acme.api, "beta")
    theirs = acme.api.post("/v1/programs", {"title": "Theirs"}).json()["id"]
    client = acme.api.post("/v1/clients", {"name": "Theirs"}).json()["client_id"]
    acme.api.token = None
    for program in (theirs, "no-such-one"):
        rules = [{"claim": "groups", "value": "x", "role": "manager", "program_id": program}]
        answer = acme.as_admin("POST", "/v1/identity-provider", acme.settings(rules=rules))
        assert (answer.status_code, answer.json()["detail"]) == (404, f"There is no program {program}.")
    for named in (client, f"acme.{client.partition('.')[2]}", "acme.no-such-one"):
        front_ends = [{"client_id": named, "audience": "portal"}]
        answer = acme.as_admin("POST", "/v1/identity-provider", acme.settings(front_ends=front_ends))
        assert answer.status_code == 404


def test_without_a_key_no_secret_is_kept(acme: Acme, provider: Provider) -> None:
    acme.api.app.state.settings = acme.api.app.state.settings.model_copy(update={"sign_in_key": SecretStr("")})
    answer = acme.as_admin("POST", "/v1/identity-provider", acme.settings())
    assert (answer.status_code, answer.json()["code"]) == (503, "provider-secrets-not-set-up")
