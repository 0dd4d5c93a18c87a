"""Requests that are refused while they are read, before any route sees them."""

from shared.errors import Refusal
from shared.web.bounds import Bounds

LINE_END = b"\r\n"
VERSIONS = (b" HTTP/1.1", b" HTTP/1.0")


class RequestMalformed(Refusal):
    """What came is not a request of HTTP/1.1, or could be read in two ways."""

    status = 400


class SenderTooSlow(Refusal):
    """The request took too long to come."""

    status = 408


class TargetTooLong(Refusal):
    """The path with its query is too long."""

    status = 414


class HeadTooLarge(Refusal):
    """There are too many headers, or they are too long."""

    status = 431


def head_refusal(head: bytes, bounds: Bounds) -> Refusal | None:
    """Return why a request is refused by its head, or by as much as came of it; None if the parser may have it."""
    line, most = head.find(LINE_END), bounds.target_bytes
    if (len(head) if line < 0 else line) > most:
        return TargetTooLong(f"Path and query may have {most} bytes at most: send less in them.")
    if len(head) > bounds.head_bytes:
        return HeadTooLarge(f"All headers may have {bounds.head_bytes} bytes at most: send less in them.")
    if line >= 0 and not head.endswith(VERSIONS, 0, line):
        return RequestMalformed("The first line does not end with HTTP/1.1: send that.")
    return None
