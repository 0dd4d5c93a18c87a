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


class NotUnsealed(Exception):
    """None of the keys opens it, or it is about something else."""


def encrypt(cipher: AESGCM, about: str, plain: bytes) -> bytes:
    """Return what only the cipher's key decrypts, and only as what it is about: the nonce, and what is behind it."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, about.encode())


def decrypt(cipher: AESGCM, about: str, ciphertext: bytes) -> bytes:
    """Return what was encrypted; raises `NotUnsealed`."""
    try:
        return cipher.decrypt(ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:], about.encode())
    except InvalidTag as error:
        raise NotUnsealed from error


class SealedSecret(BaseModel):
    """A secret as it is stored; `key` names the key, and says nothing of it."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    key: str
    ciphertext: bytes


class Sealer:
    """Seals with the first of its `keys`, of 32 bytes each, and opens with all; each `purpose` has keys of its own."""

    def __init__(self, keys: Sequence[bytes], purpose: str) -> None:
        derived = [sha256(f"ithaca {purpose}".encode() + key).digest() for key in keys]
        self.ciphers = {sha256(key).hexdigest()[:8]: AESGCM(key) for key in derived}

    def seal(self, about: str, secret: str) -> SealedSecret:
        """Return the secret, sealed; there must be a key."""
        key, cipher = next(iter(self.ciphers.items()))
        return SealedSecret(key=key, ciphertext=encrypt(cipher, about, secret.encode()))

    def open(self, about: str, sealed: SealedSecret) -> str:
        """Return what was sealed; raises `NotUnsealed`."""
        cipher = self.ciphers.get(sealed.key)
        if cipher is None:
            raise NotUnsealed
        return decrypt(cipher, about, sealed.ciphertext).decode()
