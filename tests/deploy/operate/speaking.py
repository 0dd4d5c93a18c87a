"""Services that speak the operators' interface over real HTTP, and say what a test has given them to say."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from typer import Typer
from typer.testing import CliRunner, Result

NAMES = ("intake", "matching", "sessions")
CREDENTIALS = ("operator", "a secret")

Json = dict[str, Any]


@dataclass(slots=True)
class Asked:
    """One request, as it came; `path` is that behind /v1/admin, or behind /v1."""

    method: str
    service: str
    path: str
    parameters: dict[str, str]
    body: Any


Say = Callable[[Asked], Json | Response]


@dataclass
class Speaking:
    """All services, one below each path of one server."""

    address: str = ""
    says: dict[tuple[str, str, str], Say] = field(default_factory=dict)
    journals: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    asked: list[Asked] = field(default_factory=list)
    tokens: int = 0
    acting_in: str = ""
    is_ready: bool = True
    elsewhere: dict[str, str] = field(default_factory=dict)
    slow: set[str] = field(default_factory=set)

    def say(self, service: str, path: str, answer: Json | Response | Say, method: str = "GET") -> None:
        """Let a service answer that, or what a function makes of the request."""
        self.says[method, service, path] = (
            answer if callable(answer) and not isinstance(answer, Response) else (lambda _: answer)
        )

    def refuse(self, service: str, path: str, status: int, detail: str, method: str = "GET", **members: Any) -> None:
        """Let a service answer with a problem."""
        problem = {"detail": detail, "status": status, "code": "refused", **members}
        self.say(service, path, JSONResponse(problem, status), method)

    def run(self, app: Typer, *words: str, width: int = 80, typed: str = "", **environment: str | None) -> Result:
        """An `ithaca` command, for these services, outside a terminal."""
        addresses = {name: f"{self.address}/{name}" for name in NAMES} | self.elsewhere
        own = {
            "ITHACA_SERVICES": ",".join(f"{name}={url}" for name, url in addresses.items()),
            "ITHACA_CLIENT_ID": CREDENTIALS[0],
            "ITHACA_CLIENT_SECRET": CREDENTIALS[1],
            "COLUMNS": str(width),
        }
        return CliRunner().invoke(app, words, input=typed, env=own | environment)

    def forget(self) -> None:
        """Say nothing any more, and have been asked nothing: for the next test."""
        vars(self).update(vars(Speaking(self.address)))

    def posted(self) -> list[Asked]:
        """The requests that were to change something."""
        return [one for one in self.asked if one.method == "POST"]

    async def token(self, request: Request) -> Response:
        """What intake gives for the operator's credentials."""
        self.tokens += 1
        self.acting_in = str((await request.form()).get("tenant", ""))
        if request.headers["authorization"] != "Basic b3BlcmF0b3I6YSBzZWNyZXQ=":
            description = "There is no client with this id and secret."
            return JSONResponse({"error": "invalid_client", "error_description": description}, 401)
        return JSONResponse({"access_token": f"token-{self.tokens}"})

    async def admin(self, request: Request) -> Response:
        """What the service says to an operator."""
        if request.headers["authorization"] != f"Bearer token-{self.tokens}":
            return JSONResponse({"detail": "The token has expired.", "code": "not-authenticated"}, 401)
        body = await request.json() if request.method == "POST" and await request.body() else None
        service, path = request.path_params["service"], "/" + request.path_params["path"]
        asked = Asked(request.method, service, path, dict(request.query_params), body)
        self.asked.append(asked)
        if service in self.slow:
            await self._wait_for_the_client_to_give_up(request)
        say = self.says.get((asked.method, service, path), self._otherwise)
        answer = say(asked)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    async def ready(self, _: Request) -> Response:
        """Whether it works."""
        return JSONResponse({}, 200 if self.is_ready else 503)

    @staticmethod
    async def _wait_for_the_client_to_give_up(request: Request) -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    def _otherwise(self, asked: Asked) -> Json | Response:
        if asked.path == "/events":
            return self.page(asked)
        return JSONResponse({"type": "about:blank", "detail": "There is no such path."}, 404)

    def page(self, asked: Asked) -> Json:
        """Some events, as the interface describes it; a cursor is a number of events."""
        wanted, limit = asked.parameters, int(asked.parameters["limit"])
        journal = self.journals[asked.service]
        found = [(number, event) for number, event in enumerate(journal, start=1) if _is_wanted(event, wanted)]
        if "after" in wanted:
            found = [(number, event) for number, event in found if number > int(wanted["after"])][:limit]
        elif {"since", "correlation", "event"} & wanted.keys():
            found = found[:limit]
        else:
            found = found[-limit:]
        is_whole = len(found) < limit
        end = len(journal) if is_whole else found[-1][0]
        return {"items": [event for _, event in found], "next": str(end), "more": not is_whole}


def _is_wanted(event: Json, wanted: dict[str, str]) -> bool:
    type = wanted.get("type", "")
    return (
        wanted.get("tenant", event["tenant"]) == event["tenant"]
        and wanted.get("correlation", event["correlationid"]) == event["correlationid"]
        and wanted.get("event", event["id"]) == event["id"]
        and wanted.get("since", "") <= event["time"] < wanted.get("until", "3000")
        and (not type or type in event["type"].split("."))
    )


@contextmanager
def speaking() -> Iterator[Speaking]:
    """Services that speak, on a free port, until the block ends."""
    services = Speaking()
    routes = [
        Route("/intake/oauth/token", services.token, methods=["POST"]),
        Route("/{service}/readyz", services.ready),
        Route("/{service}/v1/admin/{path:path}", services.admin, methods=["GET", "POST"]),
        Route("/{service}/v1/{path:path}", services.admin, methods=["GET", "POST"]),
    ]
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    with config.bind_socket() as socket:
        services.address = f"http://127.0.0.1:{socket.getsockname()[1]}"
        socket.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
        thread.start()
        try:
            yield services
        finally:
            server.should_exit = True
            thread.join()
