"""gzip for those who take it: which answers are compressed, and whether a client wants that."""

import asyncio
import gzip
import re
from collections.abc import Iterable, Mapping

SMALLEST = 1_000
"""Bytes below which a body fits into one packet anyway."""
BRIEF = 100_000
"""Bytes that are compressed in less than a few milliseconds; more of them are not compressed in the event loop."""
LEVEL = 4

_TYPE = re.compile(rb"(?:text/|application/(?:[\w.+-]+\+)?json)")
_QUALITY = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)
GZIP = ("gzip", "x-gzip")


def is_worthwhile(status: int, headers: Mapping[bytes, bytes]) -> bool:
    """Return whether an answer with these headers is compressed for those who take it.

    Not what may not be stored: secrets are in it, and the size of what is compressed tells of what is in it. Not what
    has an ETag either: the tag is the version that commands take, and a compressed form would need another one.
    """
    size, stated = headers.get(b"content-length", b"0"), headers.keys()
    return (
        status == 200
        and int(size) >= SMALLEST
        and _TYPE.match(headers.get(b"content-type", b"")) is not None
        and b"no-store" not in headers.get(b"cache-control", b"")
        and not stated & {b"etag", b"content-encoding", b"set-cookie"}
    )


def takes_gzip(accept_encoding: Iterable[bytes]) -> bool:
    """Return whether the `Accept-Encoding` headers prefer gzip to nothing (RFC 9110, 12.5.3)."""
    wishes = dict(_wish(part) for header in accept_encoding for part in header.decode("latin-1").split(","))
    others = wishes.get("*", 0.0)
    gzip_wish = max((wishes[name] for name in GZIP if name in wishes), default=others)
    return gzip_wish > 0 and gzip_wish >= wishes.get("identity", 0.0)


def _wish(part: str) -> tuple[str, float]:
    """A coding and how much it is wanted; one whose weight cannot be read is not."""
    coding, *parameters = (piece.strip() for piece in part.split(";"))
    if not parameters:
        return coding.lower(), 1.0
    quality = _QUALITY.fullmatch(parameters[0]) if len(parameters) == 1 else None
    return coding.lower(), float(quality[1]) if quality else 0.0


async def compressed(body: bytes) -> bytes:
    """Return the body as gzip, the same for the same body."""
    if len(body) <= BRIEF:
        return gzip.compress(body, LEVEL, mtime=0)
    return await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
