"""No personal data in logs, metrics or traces: canaries go through every command and every event of every service."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

import pytest
import structlog
from pydantic import BaseModel

from shared.contracts.catalog import every_contract, golden
from shared.contracts.envelope import Envelope
from shared.engine.authoring.aggregate import InternalMessage
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import OPERATOR, PERSON
from shared.engine.authoring.handlers import Handler, Handlers, Http
from shared.engine.authoring.service import Service
from shared.engine.authoring.signatures import Signature
from shared.engine.batch.message import Message, Origin
from shared.installed import installed_services
from shared.observe import metrics, traces
from tests.shared.engine.shop import Sold, envelope
from tests.shared.observe.canaries import CANARY, command, with_canaries
from tests.shared.observe.lines import Lines, logged
from tests.shared.observe.receiver import Receiver, receiving, traced
from tests.shared.web.admin.operating import Operating, operating
from tests.waiting import until

TENANT = "acme"
SERVICES = [service.name for service in installed_services()]


@dataclass(slots=True)
class Shown:
    """All that a process has shown of itself."""

    lines: Lines
    receiver: Receiver

    @property
    def leaks(self) -> list[str]:
        """Where a canary was found."""
        found = [line for line in self.lines.getvalue().splitlines() if CANARY in line]
        found += [line for line in metrics.text().decode().splitlines() if CANARY in line]
        return found + [str(request) for request in self.receiver.requests if CANARY in str(request)]


@contextmanager
def watched(service: Service) -> Iterator[tuple[Operating, Shown]]:
    """A process of the service whose logs, metrics and traces are kept; the traces are there behind the block."""
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving())
        lines = stack.enter_context(logged())
        stack.enter_context(traced(receiver, service.name))
        yield stack.enter_context(operating(service, worker=True)), Shown(lines, receiver)


class Perform(BaseModel, extra="forbid"):
    """Have everything done that the service does outside."""


def prepared(name: str, fails: bool) -> Service:
    """The service, with a command for its effects, which all fail; with `fails`, so do all its handlers."""
    service = next(found for found in installed_services() if found.name == name)
    handlers = Handlers()
    own = [handler for part in service.handles for handler in part.handlers]
    handlers.handlers = [failing(handler) if fails else handler for handler in own]
    handlers.performers = [
        replace(found, function=raising(found.function), attempts=1) for found in service.performers.values()
    ]
    handlers.shared = service.shared

    @handlers.post("/perform", allow=(PERSON, OPERATOR))
    def perform(_: Perform, ctx: Context) -> None:
        for number, effect in enumerate(service.performers.values()):
            ctx.perform(effect.effect.model_validate(command(effect.effect, TENANT)), id=f"{number}")

    return Service(name, service.title, service.emits, [handlers], service.routers)


def failing(handler: Handler) -> Handler:
    """One that loads nothing, so that it is always reached, and fails with all it knows."""
    return Handler(handler.name, fail, handler.takes, Signature((handler.takes,), {}), handler.http)


def fail(body: Any) -> None:
    raise RuntimeError(f"{CANARY}: {body!r}")


def raising(performer: Any) -> Any:
    @wraps(performer)
    async def fail(effect: BaseModel, work: object) -> None:
        raise RuntimeError(f"{CANARY}: {effect!r}")

    return fail


def events() -> list[Envelope]:
    """Every event and state that there is."""
    return [replace(golden(one), data=with_canaries(one, golden(one)), tenant=TENANT) for one in every_contract()]


def deliver(api: Operating, envelopes: list[Envelope]) -> None:
    """Put events where the service reads, and wait until it is done with all of them."""
    engine, bus = api.engine, api.engine.bus
    topic = engine.topic(engine.service.sources[0])

    async def send() -> None:
        publisher = await bus.publisher()
        for one in envelopes:
            await (await publisher.send(topic, one.partitionkey.encode(), one.data, one.headers()))

    async def all_committed() -> bool:
        places = await bus.lag(engine.group, [topic])
        return all(reached == end for reached, end in places.values())

    api.runner.run(send())
    api.runner.run(until(all_committed))


def ask(api: Operating, handler: Handler, http: Http) -> None:
    """Ask for a command over HTTP, or in the way of a route of its own."""
    roles = {grant.role for grant in http.permission.grants} if http.permission else set()
    kind = next((kind for kind in ("client", "operator") if kind in roles), "person")
    body = command(handler.takes, TENANT)
    if not http.path:
        api.runner.run(api.engine.submit(message(handler, body)))
        return
    path = re.sub(r"\{(\w+)\}", lambda found: str(body.pop(found[1])), f"/v1{http.path}")
    headers = {"Authorization": f"Bearer {api.issuer.token(kind=kind, sub=CANARY)}", "Idempotency-Key": CANARY}
    assert api.post(path, body, headers=headers).status_code != 422
    assert api.post(path, {CANARY: CANARY}, headers=headers).status_code == 422


def message(handler: Handler, body: dict[str, Any]) -> Message:
    """What the service tells itself."""
    id = f"m-{handler.name}"
    return Message(
        handler, id, TENANT, body=handler.takes.model_validate(body), lane=id, origin=Origin(f"person/{CANARY}")
    )


@pytest.mark.parametrize("fails", [False, True], ids=["works", "fails"])
@pytest.mark.parametrize("name", SERVICES)
def test_no_canary_is_found_in_what_a_process_shows(name: str, fails: bool) -> None:
    service = prepared(name, fails)
    with watched(service) as (api, shown):
        if service.sources:
            deliver(api, events())
        for handler in service.handlers:
            if handler.http:
                ask(api, handler, handler.http)
            elif issubclass(handler.takes, InternalMessage):
                api.runner.run(api.engine.submit(message(handler, command(handler.takes, TENANT))))

        async def all_performed() -> bool:
            return not await api.store.count("effects", {})

        api.runner.run(until(all_performed))
    assert shown.leaks == []
    performed = {f"perform {effect}" for effect in service.performers}
    assert {span.name for span in shown.receiver.spans} >= {"process", "Perform"} | performed
    assert not service.performers or "effect.failed" in shown.lines.names
    if fails:
        assert not service.sources or "message.parked" in shown.lines.names
        assert len(service.commands) == 1 or "message.failed" in shown.lines.names


def test_a_canary_would_be_found() -> None:
    handlers = Handlers()

    @handlers.on("leak")
    def leak(event: Sold, ctx: Context) -> None:
        structlog.get_logger().warning("shop.leaked", reason=event.text)
        with traces.span(f"leak {event.text}", "client", {}):
            pass

    with watched(Service("shop", "Shop", [Sold], [handlers])) as (api, shown):
        deliver(api, [envelope(Sold(till_id="t1", text=CANARY))])
    in_log, in_trace = shown.leaks
    assert '"event": "shop.leaked"' in in_log
    assert "resource_spans" in in_trace
