"""`X-Request-Id`: the name of one request, by the client or by us; its answer, its problem and log lines have it."""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from os import urandom

NAME = b"x-request-id"
_ID = re.compile(rb"[\x21-\x7e]{1,128}")

_current: ContextVar[str] = ContextVar("request_id", default="")

current = _current.get
"""Return the id of the request that this task answers; empty beside requests."""


def begin(headers: Mapping[bytes, bytes]) -> str:
    """Return the id of a request, the current one from here on: the client's if that is valid, else a new one."""
    given = headers.get(NAME)
    id = given.decode() if given is not None and _ID.fullmatch(given) else urandom(16).hex()
    _current.set(id)
    return id
