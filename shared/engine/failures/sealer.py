"""Where the contents of dead letters are kept: sealed, since they may be personal, with keys that only processes have.

What is sealed is bound to the message that it belongs to: it does not open as another's.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

import bson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict

from shared.sealing import NotUnsealed, decrypt, encrypt

Headers = tuple[tuple[str, bytes], ...]


class Contents(NamedTuple):
    """What a message carried: its data, and the headers of the record that it was."""

    data: bytes
    headers: Headers = ()


class Sealed(BaseModel):
    """Contents as they are stored. `key` names the key; without one nothing was kept."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    key: str = ""
    ciphertext: bytes = b""


class NotOpened(Exception):
    """The contents cannot be shown; the message says why, and what can be done."""


class ContentSealer:
    """Seals with the first of its `keys`, of 32 bytes each, and opens with all. Without keys it keeps nothing."""

    def __init__(self, keys: Sequence[bytes] = ()) -> None:
        self.ciphers = {key_id(key): AESGCM(key) for key in keys}

    def seal(self, about: str, contents: Contents) -> Sealed:
        """Return the contents of the message `about`, sealed; nothing without a key."""
        for key, cipher in self.ciphers.items():
            plain = bson.encode({"data": contents.data, "headers": [list(header) for header in contents.headers]})
            return Sealed(key=key, ciphertext=encrypt(cipher, about, plain))
        return Sealed()

    def open(self, about: str, sealed: Sealed) -> Contents:
        """Return what was sealed; raises `NotOpened`."""
        if not sealed.key:
            raise NotOpened("Its contents were not kept: ITHACA_DEAD_LETTER_KEY was not set when it was stored.")
        cipher = self.ciphers.get(sealed.key)
        if cipher is None:
            raise NotOpened(
                f"Its contents are sealed with the key {sealed.key}, which this process does not have: "
                "add that key to ITHACA_DEAD_LETTER_KEY, behind the current one."
            )
        try:
            found = bson.decode(decrypt(cipher, about, sealed.ciphertext))
        except NotUnsealed as error:
            raise NotOpened("Its contents were changed since they were sealed: only discarding is left.") from error
        return Contents(found["data"], tuple((name, value) for name, value in found["headers"]))


def key_id(key: bytes) -> str:
    """Return the name of a key, which says nothing of the key."""
    return sha256(b"ithaca dead letters" + key).hexdigest()[:8]
