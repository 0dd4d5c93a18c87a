"""Where and how tokens are got, and the keys to check them with, for whoever asks."""

from typing import Any

from fastapi import Response

from services.intake.identity.oauth import CLIENT_CREDENTIALS, REFRESH
from services.intake.identity.routes.door import Issuing
from services.intake.identity.token_exchange import GRANT
from shared.engine.authoring.grants import ANYONE
from shared.engine.authoring.scopes import SCOPES
from shared.web.issuer_keys import JWKS_PATH
from shared.web.routes import WholePaths
from shared.web.signed import ALGORITHM

routes = WholePaths(allow=(ANYONE,))

METHODS = ["client_secret_basic", "client_secret_post"]
PUBLISHED = {"Cache-Control": "public, max-age=60"}


@routes.get(JWKS_PATH)
async def published_keys(issuing: Issuing, response: Response) -> dict[str, Any]:  # a JWK Set
    """Publish the keys that tokens are checked with (RFC 7517)."""
    response.headers.update(PUBLISHED)
    return issuing.keys.published()


@routes.get("/.well-known/oauth-authorization-server")
async def metadata(issuing: Issuing, response: Response) -> dict[str, Any]:  # as the standard lists it
    """Publish where and how to get tokens (RFC 8414)."""
    response.headers.update(PUBLISHED)
    return _metadata(issuing.settings.issuer)


@routes.get("/.well-known/openid-configuration")
async def openid_configuration(issuing: Issuing, response: Response) -> dict[str, Any]:  # as above
    """Publish the same where libraries for OpenID Connect look; nobody is signed in here for other systems."""
    response.headers.update(PUBLISHED)
    signing = {"subject_types_supported": ["public"], "id_token_signing_alg_values_supported": [ALGORITHM]}
    return _metadata(issuing.settings.issuer) | signing


def _metadata(issuer: str) -> dict[str, Any]:  # as above
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "jwks_uri": issuer + JWKS_PATH,
        "scopes_supported": list(SCOPES),
        "response_types_supported": [],
        "grant_types_supported": [CLIENT_CREDENTIALS, REFRESH, GRANT],
        "token_endpoint_auth_methods_supported": [*METHODS, "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": [ALGORITHM],
        "introspection_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint_auth_methods_supported": ["none"],
    }
