"""What a page's request is answered: what was refused for programs is said to people, and leads them on."""

import gzip
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Message, Receive, Send

from services.console.door.browser_keys import cookie_name
from services.console.door.held_forms import HELD, LARGEST, LASTS, HeldForms, SentForm
from services.console.frame.cookies import put
from services.console.frame.page import NO_STORE, SEE_OTHER
from services.console.frame.rendering import render
from services.console.frame.shell import Shell
from services.console.frame.texts import spoken

SAFE = ("GET", "HEAD", "OPTIONS")
PROBLEM = "application/problem+json"
FORM = "application/x-www-form-urlencoded"
STREAM = "text/event-stream"
SIGN_IN, AGAIN = "/sign-in", "/sign-in/again"
TOO_OLD = "sign-in-too-old"


class Answering:
    """Sends the answer to a page's request: what was refused for programs, is said to people."""

    def __init__(self, request: Request, send: Send) -> None:
        self.request = request
        self.send = send
        self.refused: Message | None = None
        self.body = b""
        self.sent = b""

    def reading(self, receive: Receive) -> Receive:
        """Return what a form is read by, so that it is known here too, should it be refused for now."""
        if not self.request.headers.get("content-type", "").startswith(FORM):
            return receive

        async def read() -> Message:
            message = await receive()
            if len(self.sent) <= LARGEST:
                self.sent += message.get("body", b"")
            return message

        return read

    async def __call__(self, message: Message) -> None:
        """See ASGI 3."""
        if message["type"] == "http.response.start":
            if dict(message["headers"]).get(b"content-type", b"").startswith(PROBLEM.encode()):
                self.refused = message
                return
        elif self.refused is not None:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                await self.refuse(self.refused["status"], _problem(self.refused, self.body))
            return
        await self.send(message)

    async def refuse(self, status: int, problem: Mapping[str, Any]) -> None:
        """Lead whoever is not signed in to the door, and tell everybody else what is wrong.

        What takes a fresh sign-in leads to one; a form is kept meanwhile.
        """
        response: Response
        if status < HTTPStatus.INTERNAL_SERVER_ERROR and STREAM in self.request.headers.get("accept", ""):
            response = Response(status_code=204)  # at which browsers do not come again
        elif problem.get("code") == TOO_OLD:
            response = await self._step_up()
        elif status == HTTPStatus.UNAUTHORIZED and self.request.method in SAFE:
            response = RedirectResponse(f"{SIGN_IN}?next={quote(self._there)}", SEE_OTHER, NO_STORE)
        else:
            response = self._page(status, problem)
        await response(self.request.scope, self.request.receive, self.send)

    @property
    def _there(self) -> str:
        url = self.request.url
        return url.path + (f"?{url.query}" if url.query else "")

    async def _step_up(self) -> Response:
        """Lead to a fresh sign-in, and from there back to what was asked for."""
        if self.request.method in SAFE:
            return RedirectResponse(f"{AGAIN}?next={quote(self._there)}", SEE_OTHER, NO_STORE)
        response = RedirectResponse(AGAIN, SEE_OTHER, NO_STORE)
        if self.sent and len(self.sent) <= LARGEST:
            fields = tuple(parse_qsl(self.sent.decode(), keep_blank_values=True))
            form, caller = SentForm(path=self.request.url.path, fields=fields), self.request.scope["caller"]
            secret = await HeldForms(self.request.app.state).hold(form, caller)
            put(self.request, response, HELD, secret, LASTS, SIGN_IN)
        return response

    def _page(self, status: int, problem: Mapping[str, Any]) -> HTMLResponse:
        words = spoken(self.request.headers.get("accept-language", ""))
        shell = Shell(words.language, words.direction, title=words.say("This did not work"))
        has_key = cookie_name(self.request.app.state.settings) in self.request.cookies
        shown = {"status": status, "problem": problem, "is_signed_in": has_key}
        body = render(words.language, "frame/problem.html", frame=shell, **shown)
        return HTMLResponse(body, status, NO_STORE)


def _problem(beginning: Message, body: bytes) -> Mapping[str, Any]:
    if dict(beginning["headers"]).get(b"content-encoding") == b"gzip":
        body = gzip.decompress(body)
    problem = json.loads(body or b"{}")
    return problem if isinstance(problem, dict) else {}
