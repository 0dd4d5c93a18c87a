"""The tokens of a session, sealed so that only its browser's cookie opens them: the database alone lets nobody in."""

import secrets

from pydantic import BaseModel, ConfigDict

from services.console.door.model import Session
from shared.sealing import NotUnsealed, SealedSecret, Sealer

SECRET_BYTES = 32


class Tokens(BaseModel):
    """What a person is let in with: an access token for the other services, and what gets the next one."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    access_token: str
    refresh_token: str
    expires_in: int = 0


def new_secret() -> str:
    """Return the secret of a new session: 256 bits that nobody can guess."""
    return secrets.token_urlsafe(SECRET_BYTES)


def seal(tokens: Tokens, secret: str) -> SealedSecret:
    """Seal tokens for the browser with that secret."""
    return _sealer(secret).seal(Session.key(secret), tokens.model_dump_json())


def unseal(sealed: SealedSecret, secret: str) -> Tokens | None:
    """Return the tokens; None if they were sealed for another browser."""
    try:
        return Tokens.model_validate_json(_sealer(secret).open(Session.key(secret), sealed))
    except NotUnsealed:
        return None


def _sealer(secret: str) -> Sealer:
    return Sealer([secret.encode()], "console session")
