"""Whatever bytes are sent, wherever in a request: the answer is never a failure, and every error is a problem."""

import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.bounds import Bounds
from tests.examples import examples
from tests.shared.web.api import Api, running
from tests.shared.web.garden import garden
from tests.shared.web.wire import Port, Received, server

BOUNDS = Bounds(head_seconds=0.3, linger_seconds=30)
"""Line ends alone are soon no request; an answer can be read by whom others keep from it for long."""
TEXTS = st.text(st.characters(exclude_categories=())) | st.text('\\u0d8c{}[]":,\x00e9+-.truefalsn')
"""Lone surrogates are among them."""
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.dictionaries(st.sampled_from(["text", "number", "share", "facts", "plot_id"]) | TEXTS, VALUES, max_size=4)
BODIES = (
    st.binary()
    | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass"))
    | FIELDS.map(lambda fields: json.dumps(fields).encode())
    | FIELDS.map(lambda fields: json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass"))
)
LINES = st.binary(max_size=60).map(lambda raw: raw.translate(None, b"\r\n"))
ANYTHING = st.binary(min_size=1).filter(lambda raw: raw.strip(b"\r\n"))
"""Not line ends alone: they may stand before a request, and are none."""
MANY = examples(60)


@dataclass(slots=True, frozen=True)
class Wired:
    """A garden on a real socket."""

    api: Api
    port: Port

    def check(self, line: bytes, body: bytes = b"", **headers: bytes) -> Received:
        """Send a request, and look at how it is answered."""
        found = self.api.runner.run(self.port.ask(self._head(line, len(body), headers) + body))
        assert found.status < 500, found.body
        if found.status >= 400:
            assert {"type", "title", "detail"} <= found.problem().keys()
            assert b"Traceback" not in found.body
        return found

    def _head(self, line: bytes, length: int, headers: dict[str, bytes]) -> bytes:
        own = {"Host": b"x", "Authorization": f"Bearer {self.api.token}".encode(), "Content-Length": b"%d" % length}
        sent = own | {name.replace("_", "-"): value for name, value in headers.items()}
        return line + b" HTTP/1.1\r\n" + b"".join(b"%b: %b\r\n" % (n.encode(), v) for n, v in sent.items()) + b"\r\n"


@pytest.fixture(scope="module")
def wired() -> Iterator[Wired]:
    with running(garden) as api:
        stack = AsyncExitStack()
        port = api.runner.run(stack.enter_async_context(server(api.app, BOUNDS)))
        yield Wired(api, port)
        api.runner.run(stack.aclose())


@MANY
@given(BODIES, st.sampled_from([b"/v1/plots/a/notes", b"/v1/plots", b"/v1/labels", b"/v1/admin/lanes/wake"]))
def test_whatever_a_body_is(wired: Wired, body: bytes, path: bytes) -> None:
    wired.check(b"POST " + path, body, Content_Type=b"application/json")


@MANY
@given(TEXTS | st.binary(max_size=30), st.sampled_from([b"after", b"limit", b""]))
def test_whatever_a_query_is(wired: Wired, text: str | bytes, name: bytes) -> None:
    encoded = quote(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text).encode()
    for line in (b"GET /v1/plots", b"GET /v1/timers", b"POST /v1/plots/a/notes"):
        wired.check(b"%b?%b=%b" % (line, name, encoded))
        wired.check(b"%b?%b=%b" % (line, encoded, name))


@MANY
@given(TEXTS | st.binary(max_size=30))
def test_whatever_a_segment_of_a_path_is(wired: Wired, text: str | bytes) -> None:
    segment = quote(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text, safe="").encode()
    for line in (b"GET /v1/plots/%b", b"POST /v1/plots/%b/notes", b"POST /v1/plots/%b/sprinkle", b"PUT /v1/%b"):
        wired.check(line % segment)


@MANY
@given(
    st.sampled_from(
        ["Authorization", "Idempotency-Key", "If-Match", "Content-Type", "X-Correlation-Id", "traceparent", "Accept"]
    ),
    LINES | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass").translate(None, b"\r\n")),
)
def test_whatever_a_header_is(wired: Wired, name: str, value: bytes) -> None:
    for line in (b"POST /v1/plots/a/notes", b"POST /v1/labels", b"GET /v1/plots"):
        wired.check(line, b"{}", **{name: value})


@MANY
@given(LINES)
def test_whatever_a_first_line_is(wired: Wired, line: bytes) -> None:
    wired.check(line)
    wired.check(b"GET /" + line)


@examples(40)
@given(ANYTHING | st.binary(max_size=20).map(lambda raw: b"POST /v1/labels HTTP/1.1\r\n" + raw))
def test_whatever_comes_instead_of_a_request(wired: Wired, raw: bytes) -> None:
    found = wired.api.runner.run(wired.port.ask(raw + b"\r\n\r\n"))
    assert 400 <= found.status < 500
    assert found.problem()["code"]


def test_line_ends_alone_are_no_request_and_the_connection_ends(wired: Wired) -> None:
    async def is_cut() -> bool:
        async with wired.port.wire() as wire:
            await wire.send(b"\r", b"\r\n\r\n")
            return await wire.is_cut()

    assert wired.api.runner.run(is_cut())
