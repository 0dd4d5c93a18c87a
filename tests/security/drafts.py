"""Signed texts before they are written: what they say, who signs, and what becomes of them at the end."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey

Members = dict[str, Any]  # as JSON has them
Sign = Callable[[bytes], bytes]

MEGABYTE = 1_000_000
JUNK: Sequence[Any] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        7.5,
        2**63,
        10**300,
        1e300,
        "",
        " ",
        "\0",
        "null",
        "é",
        "\u202e",
        "\uff41\uff43\uff4d\uff45",
        "a" * 70_000,
    ),
    *(
        [],
        {},
        [[]],
        [None],
        ["acme"],
        {"$ne": None},
        {"$gt": ""},
        [{"a": [{"b": 1}]}],
        "' OR '1'='1",
        "../../etc/passwd",
    ),
)


def encoded(raw: bytes) -> str:
    """As the parts of a token are written."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def ecdsa(key: ECKey, length: int = 32, digest: hashes.HashAlgorithm | None = None) -> Sign:
    """Sign as ES256 does, or as its siblings with longer numbers."""

    def sign(signed: bytes) -> bytes:
        private = key.private_key
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        numbers = decode_dss_signature(private.sign(signed, ec.ECDSA(digest or hashes.SHA256())))
        return b"".join(number.to_bytes(length, "big") for number in numbers)

    return sign


@dataclass(slots=True)
class Draft:
    """A token on its way: what it says, who signs, and what is done to its text at the end."""

    key: ECKey
    header: Members
    claims: Members
    sign: Sign
    header_json: Callable[[Members], bytes] = field(default=lambda members: json.dumps(members).encode())
    claims_json: Callable[[Members], bytes] = field(default=lambda members: json.dumps(members).encode())
    finish: Callable[[str], str] = field(default=lambda text: text)

    def text(self) -> str:
        """The token."""
        signed = f"{encoded(self.header_json(self.header))}.{encoded(self.claims_json(self.claims))}"
        return self.finish(f"{signed}.{encoded(self.sign(signed.encode()))}")


Flaw = Callable[[Draft, Random], None]


def drafted(key: ECKey, header: Members, claims: Members) -> Draft:
    """A genuine one."""
    return Draft(key, dict(header), dict(claims), ecdsa(key))
