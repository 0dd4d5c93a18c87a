"""Signed texts in the compact form (JWS, RFC 7515), read as strictly as bodies are: nothing that two readers could take
for two things, no name twice, nothing deep. One algorithm is taken, whatever a text says of itself.
"""

from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64decode

from shared.web.json_body import read_json
from shared.web.problems import ShapeWrong

ALGORITHM = "ES256"
EXTENSIONS = {"crit", "b64"}
"""Members of a header that change how a text is to be read: it must be refused by who does not know how (RFC 7797)."""
UNREADABLE = (JoseError, ValueError, TypeError, ArithmeticError, AttributeError, LookupError, RecursionError)
"""What a text that somebody made up may bring about where it is decoded."""

Members = dict[str, Any]  # as JSON has them


class NotSigned(ValueError):
    """It is no text that this key has signed."""


def read_header(text: bytes) -> Members:
    """Return what the header says, unchecked; raises `NotSigned`."""
    return _members(text, 0)


def read_unchecked(text: bytes) -> Members:
    """Return what a text says, whoever has written it; raises `NotSigned`."""
    return _members(text, 1)


def read_signed(text: bytes, key: ECKey) -> Members:
    """Return what a text says that this key has signed; raises `NotSigned`."""
    if EXTENSIONS & read_header(text).keys():
        raise NotSigned
    try:
        jws.deserialize_compact(text, key, algorithms=[ALGORITHM])
    except UNREADABLE as error:
        raise NotSigned from error
    return _members(text, 1)


def _members(text: bytes, number: int) -> Members:
    try:
        found = read_json(urlsafe_b64decode(text.split(b".")[number]))
    except (ShapeWrong, *UNREADABLE) as error:
        raise NotSigned from error
    if not isinstance(found, dict):
        raise NotSigned
    return found
