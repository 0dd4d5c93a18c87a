"""The tokens of a session, sealed so that only its browser's cookie opens them: the database alone lets nobody in."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict

NONCE_BYTES = 12
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


def seal(tokens: Tokens, secret: str) -> str:
    """Seal tokens for the browser with that secret."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher(secret).encrypt(nonce, tokens.model_dump_json().encode(), None)
    return urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, secret: str) -> Tokens | None:
    """Return the tokens; None if they were sealed for another browser."""
    try:
        raw = urlsafe_b64decode(sealed)
        return Tokens.model_validate_json(_cipher(secret).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None))
    except (InvalidTag, NotBase64, ValueError):
        return None


def _cipher(secret: str) -> AESGCM:
    return AESGCM(sha256(f"tokens/{secret}".encode()).digest())
