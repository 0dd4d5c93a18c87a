"""Requests to exchange a token of an organization's provider for one of ours (RFC 8693), for its own front ends."""

from collections.abc import Mapping
from typing import NamedTuple

from services.intake.identity.oauth import OAuthError

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a kind of token
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 - as above
JWT = "urn:ietf:params:oauth:token-type:jwt"
KINDS = {ID_TOKEN: "ID token", ACCESS_TOKEN: "access token", JWT: "token"}
"""What may be shown, and what sentences call it."""


class Subject(NamedTuple):
    """What a front end shows of the person for whom it asks."""

    token: str
    what: str


def read_subject(form: Mapping[str, str], audience: str) -> Subject:
    """Read for whom a front end asks; raises `OAuthError` for what no token is made for."""
    token, kind = form.get("subject_token"), form.get("subject_token_type", "")
    if token is None or kind not in KINDS:
        raise OAuthError("invalid_request", f"Send subject_token, and as subject_token_type one of {', '.join(KINDS)}.")
    if "actor_token" in form or "actor_token_type" in form:
        raise OAuthError("invalid_request", "Leave actor_token out: the client that asks is the actor.")
    if form.get("requested_token_type", ACCESS_TOKEN) != ACCESS_TOKEN:
        raise OAuthError("invalid_request", f"requested_token_type can only be {ACCESS_TOKEN}.")
    if form.get("scope"):
        raise OAuthError("invalid_scope", "People's tokens have their roles, and no scopes: leave the parameter out.")
    if form.get("audience", audience) != audience or "resource" in form:
        raise OAuthError("invalid_target", f"Tokens are for {audience}: leave audience and resource out.")
    return Subject(token, KINDS[kind])


def no_front_end(client_id: str) -> OAuthError:
    """Return why a client exchanges no tokens."""
    return OAuthError(
        "unauthorized_client",
        f"{client_id} is no front end of its organization: have an admin name it among front_ends of the provider.",
    )
