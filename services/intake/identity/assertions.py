"""What a client shows instead of a secret: a statement that it has signed with a key of its own (RFC 7523)."""

from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from joserfc.jwk import ECKey
from pydantic import BaseModel, Field, ValidationError

from services.intake.identity.model.clients import Client, PublicKey
from shared.web.signed import UNREADABLE, Members, NotSigned, read_header, read_signed, read_unchecked

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CURVE = "P-256"
LONGEST = timedelta(minutes=5)
"""How long a statement may be good for."""
LEEWAY = timedelta(seconds=10)
"""By which two machines' clocks may differ."""
LATEST = 2**33
Moment = Annotated[int, Field(ge=0, le=LATEST)]


class NotAsserted(Exception):
    """The statement is none by which the client is let in."""


class Statement(BaseModel, strict=True):
    """What the client states: that it is itself, to us, now, and this once."""

    iss: str
    sub: str
    aud: str | list[str]
    exp: Moment
    iat: Moment | None = None
    nbf: Moment | None = None
    jti: str = Field(min_length=1, max_length=255)


class Expected(NamedTuple):
    """Who is addressed, by any of these names, and when."""

    audiences: frozenset[str]
    at: datetime


def read(assertion: str) -> Statement:
    """Return what is stated, unchecked; raises `NotAsserted`."""
    try:
        return _read(read_unchecked(assertion.encode()))
    except NotSigned as error:
        raise NotAsserted from error


def claimed_client(assertion: str) -> str:
    """Return which client a statement says that it is of, unchecked; raises `NotAsserted`."""
    return read(assertion).sub


def check(assertion: str, client_id: str, client: Client, expected: Expected) -> Statement:
    """Return what a client states, if it has signed it, for us and for now; raises `NotAsserted` otherwise."""
    try:
        kid = read_header(assertion.encode()).get("kid")
    except NotSigned as error:
        raise NotAsserted from error
    statement = _read(_verified(assertion, kid, client.keys))
    if not _is_of(statement, client_id) or not _is_for(statement, expected):
        raise NotAsserted
    return statement


def check_key(key: PublicKey) -> PublicKey:
    """Return a public key as it is kept, if statements can be checked with it; raises ValueError."""
    try:
        found = ECKey.import_key({**key})
    except UNREADABLE as error:
        raise ValueError("this is no EC key as a JWK") from error
    if found.curve_name != CURVE:
        raise ValueError(f"the key must be of the curve {CURVE}")
    if found.is_private:
        raise ValueError("this is a private key, which is the client's alone: send its public half, and make a new one")
    found.ensure_kid()
    return {name: str(value) for name, value in found.as_dict(private=False).items() if name in KEPT}


KEPT = ("kty", "crv", "x", "y", "kid")
"""Members of a key that are kept."""


def _verified(assertion: str, kid: object, keys: list[PublicKey]) -> Members:
    """What the statement holds, by whichever of the keys has signed it."""
    for key in keys:
        if kid in (None, key["kid"]):
            try:
                return read_signed(assertion.encode(), ECKey.import_key({**key}))
            except NotSigned:
                continue
    raise NotAsserted


def _read(stated: Members) -> Statement:
    try:
        return Statement.model_validate(stated)
    except ValidationError as error:
        raise NotAsserted from error


def _is_of(statement: Statement, client_id: str) -> bool:
    return statement.iss == statement.sub == client_id


def _is_for(statement: Statement, expected: Expected) -> bool:
    named = {statement.aud} if isinstance(statement.aud, str) else set(statement.aud)
    now, leeway = int(expected.at.timestamp()), int(LEEWAY.total_seconds())
    return (
        bool(named & expected.audiences)
        and now - leeway < statement.exp <= now + leeway + int(LONGEST.total_seconds())
        and (statement.iat or 0) <= now + leeway
        and (statement.nbf or 0) <= now + leeway
    )
