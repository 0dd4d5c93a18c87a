"""Texts around a body, the target and the headers of a request: each says one thing, to every reader."""

from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

from shared.errors import Refusal
from shared.web.problems import ShapeWrong

ONCE = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"host",
        b"idempotency-key",
        b"if-match",
        b"origin",
        b"traceparent",
        b"x-correlation-id",
        b"x-request-id",
    }
)
"""Headers of which two would say two things, of which we would hear one and somebody else the other."""


class HeaderRepeated(Refusal):
    """A header that says one thing is there twice."""

    status = 400


def check_headers(headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Raise `HeaderRepeated` if a header is there twice that may not be."""
    seen = set[bytes]()
    for name, _ in headers:
        if name in seen and name in ONCE:
            raise HeaderRepeated(f"The header {name.decode().title()} is there twice: send it once.")
        seen.add(name)


def check_target(scope: Scope) -> None:
    """Raise `ShapeWrong` if the path or the query is not UTF-8, percent-encoded, or has a zero character."""
    path, query = scope.get("raw_path") or b"", scope.get("query_string") or b""
    if b"%" in path:
        _check("path", path)
    if b"%" in query or not query.isascii():
        _check("query", query)


def _check(part: str, raw: bytes) -> None:
    try:
        is_right = raw.isascii() and "\0" not in unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        is_right = False
    if not is_right:
        raise ShapeWrong([{"type": "text_unreadable", "loc": (part,), "msg": "This is not text in UTF-8."}])
