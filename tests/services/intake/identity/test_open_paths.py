"""What of intake needs no token, and what cannot be asked for directly."""

import pytest

from services.intake.identity.commands.sign_in import RequestSignIn, SignIn, commands
from tests.shared.web.api import Api


def test_the_commands_behind_the_routes_cannot_be_asked_for_directly(api: Api) -> None:
    paths = api.get("/openapi.json").json()["paths"]
    operations = {operation["operationId"] for operations in paths.values() for operation in operations.values()}
    assert not {"RegisterClient", "MakeSignInLink", "RequestSignIn", "SignIn", "RefreshSession"} & operations
    assert {"issue_token", "sign_in", "request_sign_in", "register_client", "make_sign_in_link"} <= operations


@pytest.mark.parametrize("command", [SignIn, RequestSignIn])
def test_only_intakes_own_routes_may_let_somebody_in(command: type[SignIn | RequestSignIn]) -> None:
    (http,) = (handler.http for handler in commands.handlers if handler.takes is command and handler.http)
    assert (http.path, http.permission) == ("", None)


def test_the_keys_and_the_way_to_tokens_are_published(api: Api) -> None:
    keys = api.get("/.well-known/jwks.json")
    assert [(key["alg"], key["use"], key["crv"]) for key in keys.json()["keys"]] == [("ES256", "sig", "P-256")]
    assert "max-age" in keys.headers["cache-control"]
    assert "d" not in keys.json()["keys"][0]
    found = api.get("/.well-known/oauth-authorization-server").json()
    assert found["token_endpoint"] == f"{found['issuer']}/oauth/token"
    assert found["jwks_uri"] == f"{found['issuer']}/.well-known/jwks.json"
    exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    assert found["grant_types_supported"] == ["client_credentials", "refresh_token", exchange]


def test_all_but_the_named_paths_of_intake_need_a_token(api: Api) -> None:
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
        "/oauth/revoke",
        "/oauth/introspect",
        "/v1/action-links",
        "/v1/address-change",
        "/v1/operator-links/state",
        "/v1/operator-sessions",
        "/v1/openings",
        "/v1/sign-in",
        "/v1/sign-in/passkey",
        "/v1/sign-in/passkey/options",
        "/v1/sign-in/provider",
        "/v1/sign-in/provider/requests",
        "/v1/sign-in/provider/start",
        "/v1/sign-in/requests",
        "/.well-known/jwks.json",
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    }
