"""A request's body before any route reads it: of a size within bounds, and JSON where JSON is asked for."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from shared.web.json_body import check_media_type, read_json


def bounded(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> Receive:
    """Reads so much of the body and no more. A length that is stated is kept by the server; raises 413 beyond it."""
    stated = headers.get(b"content-length", b"")
    if stated.isdigit():
        if int(stated) > limit:
            raise _too_large(limit)
        return receive
    return _counted(receive, limit)


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"The body may have {limit} bytes at most: send less, or in parts.")


def _counted(receive: Receive, limit: int) -> Receive:
    size = 0

    async def receiving() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large(limit)
        return message

    return receiving


async def checked_json(receive: Receive, headers: Mapping[bytes, bytes]) -> Receive:
    """Reads the body again, once it is known that a route can read it as JSON."""
    body = await _whole(receive)
    if body:
        check_media_type(headers)
        read_json(body)
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiving() -> Message:
        return messages.pop() if messages else await receive()

    return receiving


async def _whole(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
