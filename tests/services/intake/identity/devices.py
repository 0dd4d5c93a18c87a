"""A device that makes passkeys and shows them, as a browser hands that on; and one that does it wrong in one way."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "https://mentoring.example.org"
RP_ID = "mentoring.example.org"
PRESENT, VERIFIED, SYNCED, BACKED_UP, ATTESTED = 1, 4, 8, 16, 64
"""Flags (WebAuthn, 6.1)."""


def encoded(data: bytes) -> str:
    """In base64url, as browsers write it."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """What a browser has written."""
    return urlsafe_b64decode(f"{text}===")


@dataclass(slots=True)
class Device:
    """What somebody has in the hand. It is on a page of ours and unlocked, unless it says otherwise."""

    origin: str = ORIGIN
    rp_id: str = RP_ID
    flags: int = PRESENT | VERIFIED
    cross_origin: bool = False
    uses: int = 0
    does_count: bool = False
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make a passkey, as `navigator.credentials.create()` is asked to."""
        self.handle = decoded(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        data = self._data(ATTESTED) + bytes(16) + len(self.id).to_bytes(2) + self.id + cose
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": encoded(client), "attestationObject": encoded(attestation)})

    def show(self, options: dict[str, Any]) -> dict[str, Any]:
        """Show the passkey, as `navigator.credentials.get()` is asked to."""
        client, data = self._client("webauthn.get", options["challenge"]), self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        response = {
            "clientDataJSON": encoded(client),
            "authenticatorData": encoded(data),
            "signature": encoded(signature),
            "userHandle": encoded(self.handle),
        }
        return self._answer(response)

    def _client(self, type: str, challenge: str) -> bytes:
        said = {"type": type, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        return json.dumps(said).encode()

    def _data(self, flag: int = 0) -> bytes:
        self.uses += self.does_count
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([self.flags | flag]) + self.uses.to_bytes(4)

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        id = encoded(self.id)
        return {"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}}
