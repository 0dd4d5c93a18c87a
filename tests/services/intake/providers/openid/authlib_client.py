"""Everything that systems ask of us, asked by Authlib as its documentation shows."""

import json
import sys

import httpx
from authlib.integrations.httpx_client import OAuth2Client

asked = json.loads(sys.argv[1])
metadata = httpx.get(f"{asked['issuer']}/.well-known/oauth-authorization-server").raise_for_status().json()
with OAuth2Client(
    asked["client_id"],
    asked["client_secret"],
    token_endpoint_auth_method="client_secret_post",
    revocation_endpoint_auth_method="client_secret_post",
) as client:
    token_endpoint = metadata["token_endpoint"]
    token = client.fetch_token(token_endpoint, grant_type="client_credentials", scope="intake:read")
    known = client.introspect_token(metadata["introspection_endpoint"], token=token["access_token"]).json()
    exchanged = client.fetch_token(
        token_endpoint,
        grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token=asked["subject_token"],
        subject_token_type="urn:ietf:params:oauth:token-type:id_token",
    )
    refreshed = client.refresh_token(token_endpoint, refresh_token=asked["refresh_token"])
    client.revoke_token(metadata["revocation_endpoint"], token=refreshed["refresh_token"]).raise_for_status()
    after = client.introspect_token(metadata["introspection_endpoint"], token=refreshed["refresh_token"]).json()
found = {
    "scope": token["scope"],
    "active": known["active"],
    "issued": exchanged["issued_token_type"],
    "revoked": after["active"] is False,
}
sys.stdout.write(json.dumps(found))
