"""One client's connection: bounded in what it may send, how slowly, and how long it may leave an answer unread.

uvicorn's protocol does the rest: it speaks to the parser and to the app. It bounds nothing, so that bytes are counted
here before the parser sees them. A request's head is handed over whole, and the next request only when the one before
is answered: what a client sends ahead stays in the socket.
"""

import asyncio
from enum import Enum, auto
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from shared.errors import Refusal
from shared.observe import metrics
from shared.web import problems
from shared.web.admission import Admission, only_probes
from shared.web.wire_refusals import LINE_END, HeadTooLarge, RequestMalformed, SenderTooSlow, head_refusal

HEAD_END = b"\r\n\r\n"
FRAMING = 8
"""Bytes around each byte of a body that are no reason to worry: one in a chunk of its own has five."""
TARGETS = (b"/", b"http://", b"https://")


class _BehindTheLast(Exception):
    """Something follows the last request that the connection may have."""


class Phase(Enum):
    """What the connection waits for."""

    IDLE = auto()
    HEAD = auto()
    BODY = auto()
    ANSWER = auto()
    LINGERING = auto()  # a refusal is written; what comes is thrown away, so that the client can read it


IDLE, HEAD, BODY, ANSWER, LINGERING = Phase


class Connection(HttpToolsProtocol):
    """See `Bounds` for what is bounded; the server calls `check` all the time."""

    def __init__(
        self,
        admission: Admission,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],  # as ASGI has it
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state | {"closing": admission.closing}, _loop)
        self.admission = admission
        self.bounds = admission.bounds
        self.is_admitted = True
        self.phase = IDLE
        self.due: float | None = None  # when what it waits for has to be there
        self.unread = b""
        self.expected: int | None = 0  # bytes of the body that are still to come; None if only its end will tell
        self.came = 0  # bytes of the body, with its framing
        self.framing = 0  # bytes around the body beyond what chunks need
        self.credited = 0  # bytes of the body for which it was given more time
        self.discarded = 0
        self.unsent: tuple[float, int] | None = None  # how much of an answer was unread, and when

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """See asyncio."""
        super().connection_made(transport)
        self.is_admitted = self.admission.admit(self)
        if not self.is_admitted:
            self.app = only_probes(self.app)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self.admission.leave(self)
        self.due, self.unread = None, b""
        super().connection_lost(exc)

    def abort(self) -> None:
        """End the connection at once."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        if self.phase is LINGERING:
            self._discard(len(data))
            return
        self._unset_keepalive_if_required()
        self.unread = self.unread + data if self.unread else data
        self._advance()

    def _advance(self) -> None:
        """Read on, up to the end of a request that is not answered yet."""
        while self.unread and not self.transport.is_closing():
            if self.phase is BODY:
                self._read_body()
            elif self.phase is ANSWER:
                self.flow.pause_reading()
                return
            elif not self._read_head():
                return
        if self.phase is BODY and self.due is None:
            self.due = self.loop.time() + self.bounds.grace_seconds

    def _read_head(self) -> bool:
        """Hand a head to the parser once it is there; whether it was."""
        self.unread = self.unread.lstrip(LINE_END)
        end = self.unread.find(HEAD_END)
        head = self.unread if end < 0 else self.unread[: end + len(HEAD_END)]
        if refusal := head_refusal(head, self.bounds):
            self._refuse(refusal)
        elif end >= 0:
            self.unread = self.unread[len(head) :]
            self.due = None
            self._parse(head)
            return True
        elif self.phase is IDLE:
            self._await_head()
        return False

    def _read_body(self) -> None:
        """Hand as much of the body to the parser as came of it."""
        piece = self.unread if self.expected is None else self.unread[: self.expected]
        self.unread = self.unread[len(piece) :]
        self.came += len(piece)
        if self.expected is not None:
            self.expected -= len(piece)
        cycle, before = self.cycle, len(self.cycle.body)
        self._parse(piece)
        if cycle.response_complete:
            self._discard(len(piece))
        elif self.phase is BODY:
            self.framing += len(piece) - (1 + FRAMING) * (len(cycle.body) - before)
            if self.framing > self.bounds.head_bytes:
                self._refuse(RequestMalformed("The chunks of the body are nearly empty: send larger ones."))

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.cycle.keep_alive = False  # we speak nothing else: it is answered as if nothing else were asked for
        except httptools.HttpParserError as error:
            cause = error.__context__ if isinstance(error, httptools.HttpParserCallbackError) else error
            if isinstance(cause, _BehindTheLast):
                return  # it is dropped, and the connection closed behind the answer
            if isinstance(cause, Refusal):
                self._refuse(cause)
            elif isinstance(cause, httptools.HttpParserError):
                self._refuse(RequestMalformed(f"This is not HTTP/1.1: {error}."))
            else:
                raise

    def on_headers_complete(self) -> None:
        """Refuse a head that could be read in two ways, and begin to answer; the parser has all of it."""
        if self.expected is None:
            raise _BehindTheLast
        if len(self.headers) > self.bounds.headers:
            raise HeadTooLarge(f"There may be {self.bounds.headers} headers at most: send fewer.")
        headers = dict(self.headers)
        is_chunked = b"transfer-encoding" in headers
        self.expected = None if is_chunked else int(headers.get(b"content-length", 0))
        if not self.url.startswith(TARGETS):
            raise RequestMalformed("The request's target is no path: it begins with /.")
        if b"host" not in headers and self.parser.get_http_version() != "1.0":
            raise RequestMalformed("The header Host is missing.")
        if self.parser.should_upgrade() and self.expected != 0:
            raise RequestMalformed("Only HTTP/1.1 is spoken here: leave the header Upgrade out.")
        super().on_headers_complete()
        if is_chunked or not self.is_admitted:
            self.cycle.keep_alive = False  # where a chunked body ends has been read in two ways too often
        self.headers = []  # not of the app any more: trailers end here
        self.phase = BODY
        self.came = self.credited = self.framing = self.discarded = 0

    def on_message_complete(self) -> None:
        """Hand the app the end of a request, all of which the parser has."""
        super().on_message_complete()
        if self.cycle.response_complete:
            self._await_head()
        else:
            self.phase, self.due = ANSWER, None

    def on_response_complete(self) -> None:
        """Continue with what came meanwhile; the app has answered."""
        super().on_response_complete()
        if self.phase is ANSWER:
            self.phase = IDLE
            if self.unread:
                self._unset_keepalive_if_required()
                self._advance()

    def resume_writing(self) -> None:
        """See asyncio."""
        self.unsent = None
        super().resume_writing()

    def check(self, now: float) -> None:
        """Cut the connection off if its client is too slow, in sending or in reading."""
        if self.flow.write_paused or self.transport.is_closing():
            self._check_reader(now)
        if self.due is None or now < self.due:
            return
        if self.phase is BODY:
            self._check_body(now, self.due)
        elif self.phase is HEAD and self.unread:
            self._refuse(SenderTooSlow("The headers took too long to come: send the request at once."))
        else:
            self.due = None
            self.transport.close()

    def _check_body(self, now: float, due: float) -> None:
        """It has the grace, and then as long as its bytes take at the slowest rate that is allowed."""
        if self.flow.read_paused or self.cycle.waiting_for_100_continue:  # we are slow, not the client
            self.due = now + self.bounds.grace_seconds
            return
        self.due = due + (self.came - self.credited) / self.bounds.bytes_per_second
        self.credited = self.came
        if self.due <= now:
            self._refuse(SenderTooSlow("The body came too slowly: send it at once."))

    def _check_reader(self, now: float) -> None:
        """Nothing is written meanwhile, so that what is unsent becomes less by what the client reads."""
        size = self.transport.get_write_buffer_size()
        since, before = self.unsent or (now, size)
        if now - since < self.bounds.grace_seconds:
            self.unsent = since, before
        elif before - size < self.bounds.bytes_per_second * (now - since):
            self.transport.abort()
        else:
            self.unsent = now, size

    def _await_head(self) -> None:
        seconds = self.bounds.head_seconds if self.is_admitted else self.bounds.reserved_seconds
        self.phase, self.due = HEAD, self.loop.time() + seconds

    def _refuse(self, refusal: Refusal) -> None:
        """Answer with a problem and end the connection, but let the client read it first."""
        metrics.http_refused(refusal.code)
        if self.phase is BODY and not self._forget_request():
            self.transport.abort()
            return
        self.phase, self.due = LINGERING, self.loop.time() + self.bounds.linger_seconds
        self.discarded, self.unread = 0, b""
        response = problems.early_response(refusal)
        headers = [*self.server_state.default_headers, *response.raw_headers, (b"connection", b"close")]
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        self.transport.write(b"%b%b\r\n%b" % (STATUS_LINE[response.status_code], lines, bytes(response.body)))
        self.transport.write_eof()
        self.flow.resume_reading()

    def _forget_request(self) -> bool:
        """To the app the client is gone; whether nothing of its answer was sent yet."""
        self.cycle.disconnected = True
        self.cycle.message_event.set()
        return not self.cycle.response_started

    def _discard(self, size: int) -> None:
        self.discarded += size
        if self.discarded > self.bounds.discarded_bytes:
            self.transport.abort()
