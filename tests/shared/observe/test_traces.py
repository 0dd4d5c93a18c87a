"""Traces go on from a command through everything that it causes, and cost nothing while they are off."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Annotated

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from shared.clock import system_clock
from shared.engine.authoring.aggregate import Effect, Outcome, Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import OPERATOR, PERSON
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.loads import create
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message, Origin
from shared.engine.execution.executor import Limits
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.process.engine import Engine, ProcessOptions
from shared.observe import traces
from tests.shared.engine.shop import Printed, Sell, Sold, Till, at
from tests.shared.observe.lines import logged
from tests.shared.observe.receiver import Receiver, receiving, traced
from tests.shared.web.api import running
from tests.shared.web.garden import garden
from tests.waiting import until

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
INCOMING = {"traceparent": f"00-{TRACE}-{PARENT}-01"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def values(span: Span) -> dict[str, str | int]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def links(span: Span) -> set[str]:
    return {link.trace_id.hex() for link in span.links}


def test_a_command_is_a_span_within_the_trace_of_its_request(receiver: Receiver) -> None:
    with traced(receiver, "garden"), running(garden) as api:
        api.post("/v1/plots/a/water", {"liters": 5}, headers=INCOMING)
        (row,) = api.runner.run(api.store.find("outbox", {}))
    (span,) = receiver.named("WaterPlot")
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
    assert span.kind == Span.SPAN_KIND_SERVER
    assert values(span) == {"ithaca.tenant": "acme", "http.response.status_code": 200}
    assert row["events"][0]["traceparent"] == f"00-{TRACE}-{span.span_id.hex()}-01"


def test_a_command_without_a_trace_begins_one(receiver: Receiver) -> None:
    with traced(receiver), running(garden) as api:
        api.post("/v1/plots/a/water", {"liters": 5})
    (span,) = receiver.named("WaterPlot")
    assert span.parent_span_id == b""
    (batch,) = receiver.named("process")
    assert links(batch) == {span.trace_id.hex()}


def test_a_failure_shows_by_its_type_and_says_nothing_more(receiver: Receiver) -> None:
    with traced(receiver), logged(), running(garden) as api:
        assert api.post("/v1/rakes", {}).status_code == 500
        assert api.get("/v1/thorns").status_code == 500
    (span,) = receiver.named("BreakRake")
    assert values(span)["http.response.status_code"] == 500
    assert not any(b"Ada" in body for body in receiver.bodies)


def test_what_ends_a_block_is_noted_by_its_type(receiver: Receiver) -> None:
    with traced(receiver), pytest.raises(RuntimeError), traces.span("fall", "client", {}):
        raise RuntimeError("over the name of Ada")
    (span,) = receiver.named("fall")
    assert (span.status.code, values(span)) == (Status.STATUS_CODE_ERROR, {"error.type": "RuntimeError"})
    assert not span.events


def test_a_span_of_many_messages_names_a_bounded_number_of_traces(receiver: Receiver) -> None:
    many = [f"00-{number:032x}-{PARENT}-01" for number in range(1, 500)]
    with traced(receiver), traces.span("process", "consumer", {}, links=["", *many, *many]):
        pass
    (span,) = receiver.spans
    assert len(links(span)) == 32


def test_the_receiver_is_told_whose_traces_these_are(receiver: Receiver) -> None:
    with traced(receiver, "shop"), traces.span("process", "consumer", {}):
        pass
    (resource,) = [found.resource for request in receiver.requests for found in request.resource_spans]
    told = {each.key: each.value.string_value for each in resource.attributes}
    assert (told["service.name"], told["service.version"]) == ("shop", "1.2.3")


class Print(Effect):
    """Print a receipt."""


class Remember(Timer):
    """Sell once more."""


def counter() -> Service:
    """A command's event has a reaction, which sets a timer, which asks for an effect, whose outcome is an event."""
    handlers = Handlers()

    @handlers.post("/sell", allow=(PERSON, OPERATOR))
    def sell(command: Sell, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
        ctx.emit(till.sell(command.number))

    @handlers.on("plan")
    def plan(event: Sold, ctx: Context) -> None:
        if event.number >= 0:
            ctx.after(timedelta(0), Remember(), id="remember")

    @handlers.on("print")
    def print_receipt(_: Remember, ctx: Context) -> None:
        ctx.perform(Print())

    @handlers.performs()
    async def performing(_: Print, work: Work) -> Outcome:
        return Printed()

    @handlers.on("printed")
    def printed(_: Printed, till: Annotated[Till, create(at("t2"))], ctx: Context) -> None:
        ctx.emit(till.sell(-1))

    return Service("shop", "Shop", [Sold], [handlers])


async def sold() -> list[str]:
    """The traceparents of the events that one command has caused: the first, and the one at the end of the chain."""
    service, store = counter(), MemoryStore()
    engine = Engine(
        service, store, MemoryBus(), system_clock, Random(1), ProcessOptions("one", poll_seconds=0.05), Limits()
    )
    await engine.prepare()
    await engine.start()
    origin = Origin("client/test", correlation="c1", traceparent=INCOMING["traceparent"])
    await engine.submit(Message(service.by_name["Sell"], "m1", "acme", body=Sell(), origin=origin))

    async def published() -> list[str]:
        chunks = [chunk for chunk in await store.find("outbox", {}) if "unpublished" not in chunk]
        return [event["traceparent"] for chunk in chunks for event in chunk["events"]]

    async def all_published() -> bool:
        return len(await published()) == 2

    await until(all_published)
    await engine.stop()
    return await published()


def test_a_trace_goes_on_through_events_reactions_timers_and_effects(receiver: Receiver) -> None:
    with traced(receiver):
        assert asyncio.run(sold()) == [INCOMING["traceparent"]] * 2
    (attempt,) = receiver.named("perform Print")
    assert (attempt.trace_id.hex(), attempt.parent_span_id.hex()) == (TRACE, PARENT)
    assert values(attempt) == {"ithaca.effect": "Print", "ithaca.attempt": 1, "ithaca.tenant": "acme"}
    batches, rounds = receiver.named("process"), receiver.named("send")
    assert len(batches) >= 4
    assert len(rounds) >= 2
    assert set().union(*map(links, [*batches, *rounds])) == {TRACE}


def test_a_trace_from_outside_goes_on_though_traces_are_off() -> None:
    assert asyncio.run(sold()) == [INCOMING["traceparent"]] * 2


LOADED = """
import sys
import shared.main
from shared.observe import traces
traces.set_up("shop", "1.2.3")
print([name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter", "google"))])
"""


def loaded(**environment: str) -> str:
    """What a process has loaded of that which sends traces."""
    command = [sys.executable, "-c", LOADED]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    ran = subprocess.run(command, env=inherited | environment, capture_output=True, text=True, check=False)
    return ran.stdout.strip() or ran.stderr


@pytest.mark.real
def test_nothing_that_sends_traces_is_loaded_while_they_are_off() -> None:
    assert loaded() == "[]"
    assert "opentelemetry.sdk" in loaded(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:4318")


@pytest.mark.real
def test_traces_that_are_asked_for_and_not_installed_are_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(traces.ENDPOINT, "http://127.0.0.1:4318")
    monkeypatch.setitem(sys.modules, "shared.observe.otlp", None)
    with pytest.raises(traces.NotInstalled, match=r"OTEL_EXPORTER_OTLP_ENDPOINT: .* install it, or unset"):
        traces.set_up("shop", "1.2.3")
