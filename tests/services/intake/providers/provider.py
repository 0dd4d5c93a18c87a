"""A small OpenID Connect provider on this machine, which does wrong what a test wants it to."""

import hashlib
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from services.intake.providers.documents import PATH

CLIENT = "ithaca"
SECRET = "what the provider has made"
ADA = {"sub": "ada-at-work", "email": "ada@acme.example", "email_verified": True, "name": "Ada Rossi"}


@dataclass
class Provider:
    """What it says: tests change any of it."""

    issuer: str = ""
    keys: list[ECKey] = field(default_factory=lambda: [ECKey.generate_key("P-256", auto_kid=True)])
    document: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    """By path, what is answered there instead."""
    silent: set[str] = field(default_factory=set)
    """Paths at which nothing is answered before the provider stops."""
    stopping: threading.Event = field(default_factory=threading.Event)
    token: dict[str, Any] = field(default_factory=dict)
    """Claims of ID tokens that are otherwise than they should be; None for one that is left out."""
    ahead: float = 0
    """Seconds by which its clock is."""
    answer_iss: str | None = None
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    granted: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By code: the request, and the claims."""

    def discovery(self) -> dict[str, Any]:
        """What it says of itself."""
        endpoints = {
            "authorization_endpoint": "/auth",
            "token_endpoint": "/token",
            "jwks_uri": "/jwks",
            "userinfo_endpoint": "/me",
        }
        told = {name: self.issuer + path for name, path in endpoints.items()}
        return {"issuer": self.issuer, **told, "code_challenge_methods_supported": ["S256"], **self.document}

    def let_in(self, authorization_url: str, claims: dict[str, Any]) -> dict[str, str]:
        """What the browser brings back, of somebody who has signed in at the provider."""
        asked = dict(parse_qsl(urlsplit(authorization_url).query))
        code = f"code-{len(self.granted)}"
        self.granted[code] = {"asked": asked, "claims": claims}
        named = {"iss": self.answer_iss} if self.answer_iss is not None else {}
        return {"state": asked["state"], "code": code, **named}

    def id_token(self, claims: dict[str, Any], audience: str = CLIENT, **more: Any) -> str:
        """An ID token, as it is signed now."""
        now = int(time.time() + self.ahead)
        told = {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + 3600, **claims, **more, **self.token}
        kept = {name: value for name, value in told.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": self.keys[-1].kid}, kept, self.keys[-1])

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """What the token endpoint answers."""
        if not authorization.startswith("Basic ") and form.get("client_assertion") is None:
            return 401, {"error": "invalid_client"}
        granted = self.granted.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = urlsafe_b64encode(digest).decode().rstrip("=")
        if granted is None or challenge != granted["asked"]["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        claims, nonce = granted["claims"], granted["asked"]["nonce"]
        self.users["at"] = {**claims, **self.users.get("at", {})}
        return 200, {"id_token": self.id_token(claims, nonce=nonce), "access_token": "at", "token_type": "Bearer"}


class Handler(BaseHTTPRequestHandler):
    """Answers for one provider."""

    provider: Provider

    def do_GET(self) -> None:
        path, provider = self._begin(), self.provider
        if path == PATH:
            self._answer(200, provider.discovery())
        elif path == "/jwks":
            self._answer(200, {"keys": [key.as_dict(private=False) for key in provider.keys]})
        elif path == "/me":
            self._answer(200, provider.users["at"])
        elif path == "/auth":
            asked = dict(parse_qsl(urlsplit(self.path).query))
            self._send(303, {"Location": f"{asked['redirect_uri']}?error=login_required"}, b"")

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        if self._begin() == "/token":
            self._answer(*self.provider.redeem(form, self.headers.get("Authorization", "")))

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string((timestamp or time.time()) + self.provider.ahead)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _begin(self) -> str:
        """Where is asked; nowhere, if something else was answered."""
        path = urlsplit(self.path).path
        self.provider.asked.append(path)
        if path in self.provider.silent:
            self.provider.stopping.wait()
        if path in self.provider.answers:
            self._send(*self.provider.answers[path])
            return ""
        return path

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        self._send(status, {"Content-Type": "application/json"}, json.dumps(told).encode())

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):
            self.wfile.write(body)


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider for the block, on a port of its own."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"provider": provider}))
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield provider
    provider.stopping.set()
    server.shutdown()
    server.server_close()
    thread.join()
