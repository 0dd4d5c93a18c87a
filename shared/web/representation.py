"""How much of an answer a reader is sent: nothing that it has already, no body for HEAD, gzip where it takes that."""

from collections.abc import Sequence

from starlette.types import Message, Scope, Send

from shared.web.compression import compressed, is_worthwhile, takes_gzip
from shared.web.etags import is_known

READS = ("GET", "HEAD")
OF_A_BODY = frozenset({b"content-length", b"content-type", b"content-encoding"})

Headers = list[tuple[bytes, bytes]]


class Representation:
    """Sends one answer of a route. The beginning waits for the body, which decides about its headers."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.send = send
        self.beginning: Message = {}
        self.has_no_body = scope["method"] == "HEAD"

    async def __call__(self, message: Message) -> None:
        """See ASGI 3."""
        if message["type"] == "http.response.start":
            self.beginning = message
            return
        if self.beginning:
            beginning, self.beginning = self.beginning, {}
            beginning, message = await self._fitted(beginning, message)
            await self.send(beginning)
        await self.send({**message, "body": b""} if self.has_no_body else message)

    async def _fitted(self, beginning: Message, first: Message) -> tuple[Message, Message]:
        """The beginning and the first part of the body as they are sent."""
        status, headers = beginning["status"], dict(beginning["headers"])
        if status == 200 and b"etag" in headers and self._has(headers[b"etag"]):
            self.has_no_body = True
            return {**beginning, "status": 304, "headers": _without_body(beginning["headers"])}, first
        if first.get("more_body", False) or not is_worthwhile(status, headers):
            return beginning, first
        stated: Headers = [*beginning["headers"], (b"vary", b"Accept-Encoding")]
        if not takes_gzip(self._all(b"accept-encoding")):
            return {**beginning, "headers": stated}, first
        body = await compressed(first["body"])
        stated = [pair for pair in stated if pair[0] != b"content-length"]
        stated += [(b"content-encoding", b"gzip"), (b"content-length", str(len(body)).encode())]
        return {**beginning, "headers": stated}, {**first, "body": body}

    def _has(self, etag: bytes) -> bool:
        return self.scope["method"] in READS and is_known(etag, self._all(b"if-none-match"))

    def _all(self, name: bytes) -> Sequence[bytes]:
        return [value for header, value in self.scope["headers"] if header == name]


def _without_body(headers: Sequence[tuple[bytes, bytes]]) -> Headers:
    return [pair for pair in headers if pair[0] not in OF_A_BODY]
