"""Bodies of JSON, read by one rule wherever they go: what two readers could understand in two ways is refused.

So are I-JSON's limits kept (RFC 7493): UTF-8 without a byte order mark, no name twice, no number beyond 64 bits. What
no database or log would store, a lone surrogate or U+0000, never gets further than here.
"""

import json
import math
import re
from collections.abc import Mapping
from email.message import Message
from typing import Any

from pydantic_core import from_json

from shared.engine.ports.depth import is_deeper
from shared.errors import Refusal
from shared.web.problems import ShapeWrong

JSON = b"application/json"
DEEPEST = 64
"""Levels of objects and lists: a document of the database has 100, and the state around a body needs some."""
LARGEST = 2**63

ESCAPE = rb"\u"
ZERO = rb"\u0000"
_ZERO = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class MediaTypeWrong(Refusal):
    """The body is of a type that is not taken here."""

    status = 415


class _Unsafe(ValueError):
    """It is JSON, but readers differ in what it says; named as pydantic names errors."""

    def __init__(self, type: str, message: str) -> None:
        super().__init__(message)
        self.type = type


def check_media_type(headers: Mapping[bytes, bytes]) -> None:
    """Raise `MediaTypeWrong` unless the headers say that the body is JSON in UTF-8, or nothing of its type."""
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise MediaTypeWrong("Send the body as it is, without Content-Encoding.")
    stated = headers.get(b"content-type", JSON)
    if stated != JSON and not _is_json(stated.decode("latin-1")):
        raise MediaTypeWrong("Send JSON in UTF-8: Content-Type: application/json.")


def _is_json(media_type: str) -> bool:
    stated = Message()
    stated["content-type"] = media_type
    name, charset = stated.get_content_type(), stated.get_param("charset", "utf-8")
    is_json = name == "application/json" or (name.startswith("application/") and name.endswith("+json"))
    return is_json and isinstance(charset, str) and charset.lower() == "utf-8"


def read_json(body: bytes) -> Any:  # whatever JSON says
    """Return the value in a body; raises `ShapeWrong` if there is none, or more than one."""
    try:
        may_be_deep = body.count(b"[") + body.count(b"{") > DEEPEST
        if may_be_deep or ESCAPE in body:  # beyond what Python's parser refuses: depth, and half a surrogate pair
            from_json(body, allow_inf_nan=False)
        value = _STRICT.decode(body.decode())
        if ZERO in body and _ZERO.search(body):
            raise _Unsafe("json_zero", "A text has the character U+0000.")
        if may_be_deep and is_deeper(value, DEEPEST):
            raise _Unsafe("json_deep", f"It has more than {DEEPEST} levels of objects and lists.")
    except _Unsafe as error:
        raise _wrong(error.type, str(error)) from None
    except ValueError as error:
        raise _wrong("json_invalid", f"This is not JSON: {error}") from None
    return value


def _wrong(type: str, message: str) -> ShapeWrong:
    return ShapeWrong([{"type": type, "loc": ("body",), "msg": message}])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:  # whatever JSON says
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise _Unsafe("json_doubled", f"The name {doubled[:100]} is there twice in one object.")
    return found


def _integer(text: str) -> int:
    number = int(text)
    if not -LARGEST <= number < LARGEST:
        raise _Unsafe("json_number", "A number has more than 64 bits.")
    return number


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _Unsafe("json_number", "A number has more than 64 bits.")
    return number


def _constant(text: str) -> float:
    raise ValueError(f"{text} is no number")


_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_integer, parse_float=_float, parse_constant=_constant)
