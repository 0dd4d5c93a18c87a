"""Secrets that have to be read again: sealed under a key that only processes have.

AES-256 in Galois/Counter Mode (NIST SP 800-38D) with a random nonce of 96 bits. What is sealed is bound to what it is
about: it does not open as anything else's.
"""

import os
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict

NONCE_BYTES = 12


class SealedSecret(BaseModel):
    """A secret as it is stored; `key` names the key, and says nothing of it."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    key: str
    ciphertext: bytes


class NotUnsealed(Exception):
    """None of the keys opens it, or it is about something else."""


class Sealer:
    """Seals with the first of its `keys`, of 32 bytes each, and opens with all; each `purpose` has keys of its own."""

    def __init__(self, keys: Sequence[bytes], purpose: str) -> None:
        derived = [sha256(f"ithaca {purpose}".encode() + key).digest() for key in keys]
        self.ciphers = {sha256(key).hexdigest()[:8]: AESGCM(key) for key in derived}

    def seal(self, about: str, secret: str) -> SealedSecret:
        """Return the secret, sealed; there must be a key."""
        key, cipher = next(iter(self.ciphers.items()))
        nonce = os.urandom(NONCE_BYTES)
        return SealedSecret(key=key, ciphertext=nonce + cipher.encrypt(nonce, secret.encode(), about.encode()))

    def open(self, about: str, sealed: SealedSecret) -> str:
        """Return what was sealed; raises `NotUnsealed`."""
        cipher, nonce, rest = (
            self.ciphers.get(sealed.key),
            sealed.ciphertext[:NONCE_BYTES],
            sealed.ciphertext[NONCE_BYTES:],
        )
        try:
            if cipher is None:
                raise NotUnsealed
            return cipher.decrypt(nonce, rest, about.encode()).decode()
        except InvalidTag as error:
            raise NotUnsealed from error
