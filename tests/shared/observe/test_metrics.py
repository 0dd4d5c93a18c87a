"""What the engine does is counted, with labels that are bounded, and costs next to nothing for each event."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from shared.contracts.envelope import Envelope
from shared.engine.authoring.aggregate import Effect
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import OPERATOR, PERSON
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message
from shared.engine.failures.breaker import LEAST
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Unavailable, Write
from shared.errors import Refusal
from shared.observe import metrics
from tests.shared.engine.shop import Sell, Shop, Sold, envelope, noting
from tests.shared.observe.lines import logged
from tests.shared.web.admin.operating import Operating, operating
from tests.shared.web.api import running
from tests.shared.web.garden import garden
from tests.waiting import until


class Growth:
    """By how much metrics have grown since it was made."""

    def __init__(self) -> None:
        self.before = self._values()

    def __call__(self, name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return self._values().get(key, 0.0) - self.before.get(key, 0.0)

    @staticmethod
    def _values() -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        samples = (sample for family in REGISTRY.collect() for sample in family.samples)
        return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}


def sales(*numbers: int, shop: Shop) -> list[Any]:
    return [shop.event(Sold(till_id=f"t{number}", number=number)) for number in numbers]


def test_a_batch_counts_its_messages_by_what_became_of_them() -> None:
    shop, grown = Shop(noting()), Growth()
    first, *others = sales(1, 2, 3, -1, shop=shop)
    with logged():
        asyncio.run(shop.handle(first, *others))
        asyncio.run(shop.handle(first))
    assert grown("ithaca_handled_messages_total", handler="note", ending="done") == 3
    assert grown("ithaca_parked_total", handler="note") == 1
    assert grown("ithaca_inbox_duplicates_total", handler="note") == 1
    assert (grown("ithaca_batch_size_count"), grown("ithaca_batch_size_sum")) == (2, 5)
    assert grown("ithaca_batch_duration_seconds_count") == 2


class Down(MemoryStore):
    """A database that is away when it matters."""

    async def transact(self, writes: Sequence[Write]) -> None:  # noqa: ARG002 - whatever is to be written
        raise Unavailable("away")


def test_a_batch_of_which_nothing_was_stored_is_counted_by_its_error() -> None:
    shop, grown = Shop(noting(), store=Down()), Growth()
    with pytest.raises(Unavailable):
        asyncio.run(shop.handle(*sales(1, shop=shop)))
    assert grown("ithaca_failed_batches_total", error_type="Unavailable") == 1
    assert grown("ithaca_batch_size_count") == 0


def test_commands_are_measured_by_their_name_and_the_status_of_their_answer() -> None:
    grown, before = Growth(), metrics.totals()
    with logged(), running(garden) as api:
        statuses = [api.post("/v1/plots/a/water", {"liters": liters}).status_code for liters in (60, 60)]
        statuses.append(api.post("/v1/rakes", {}).status_code)
    assert statuses == [200, 409, 500]
    for name, status in [("WaterPlot", "200"), ("WaterPlot", "409"), ("BreakRake", "500")]:
        assert grown("ithaca_command_duration_seconds_count", command=name, status=status) == 1
    totals = metrics.totals()
    assert totals.commands - before.commands == 3
    assert sum(totals.command_seconds.buckets) - sum(before.command_seconds.buckets) == 3
    assert totals.command_seconds.total > before.command_seconds.total
    assert (totals.batches - before.batches, totals.batch_messages - before.batch_messages) == (3, 3)


def test_durations_are_told_by_the_bound_that_they_stayed_below() -> None:
    before = metrics.totals().command_seconds.buckets
    for seconds in (0.004, 0.02, 0.02, 99.0):
        metrics.command("Measure", 200, seconds)
    after = metrics.totals().command_seconds.buckets
    grown = dict(zip([*metrics.SECONDS, "longer"], (b - a for a, b in zip(before, after, strict=True)), strict=True))
    assert {bound: count for bound, count in grown.items() if count} == {0.005: 1, 0.025: 2, "longer": 1}


class Ship(Effect):
    """Send a parcel, which works, or is refused, or fails."""

    how: str


def parcels() -> Handlers:
    handlers = noting()

    @handlers.post("/sell", allow=(PERSON, OPERATOR))
    def sell(command: Sell, ctx: Context) -> None:
        for how in ("done", "refused", "failed"):
            ctx.perform(Ship(how=how))

    @handlers.performs(attempts=1)
    async def ship(effect: Ship, work: Work) -> None:
        if effect.how == "refused":
            raise Refusal("There is no such address: correct it.")
        if effect.how == "failed":
            raise RuntimeError("the van is broken")

    return handlers


async def publish(api: Operating, *envelopes: Envelope) -> None:
    """Put events on the shop's topic."""
    publisher = await api.engine.bus.publisher()
    for one in envelopes:
        await (await publisher.send("local.shop", one.partitionkey.encode(), one.data, one.headers()))


def test_events_are_counted_from_the_topic_to_the_broker_and_effects_by_their_ending() -> None:
    grown, before = Growth(), metrics.totals()
    service = Service("shop", "Shop", [Sold], [parcels()])

    async def two_published() -> bool:
        return metrics.totals().events_out - before.events_out >= 2

    with logged(), operating(service, worker=True) as api:
        command = Message(service.by_name["Sell"], "m1", "acme", body=Sell())
        unknown = envelope(Sold(till_id="t1"), "e2", type="ithaca.shop.Unheard.v1")
        api.runner.run(publish(api, envelope(Sold(till_id="t1", number=1)), unknown))
        api.runner.run(api.engine.submit(command))
        api.runner.run(until(two_published))
    sent = {"messaging_destination_name": "local.shop", "event_type": "ithaca.engine.MessageDeadLettered.v1"}
    assert grown("messaging_client_consumed_messages_total", messaging_destination_name="local.shop") >= 2
    assert metrics.totals().events_in - before.events_in >= 2
    assert grown("ithaca_skipped_messages_total") >= 1
    assert grown("messaging_process_duration_seconds_count") >= 1
    assert grown("messaging_client_sent_messages_total", **sent) == 2
    assert grown("ithaca_dead_letters_total", handler="keep-dead-letter") == 2
    for ending in ("done", "refused", "failed"):
        assert grown("ithaca_effect_duration_seconds_count", effect="Ship", ending=ending) == 1


def test_a_handler_that_is_held_back_shows() -> None:
    failing = [envelope(Sold(till_id=f"t{number}", number=-1), f"e{number}") for number in range(2 * LEAST)]

    async def is_held() -> bool:
        return REGISTRY.get_sample_value("ithaca_handler_paused", {"handler": "fail"}) == 1

    with logged(), operating(Service("shop", "Shop", [Sold], [noting("fail")]), worker=True) as api:
        api.runner.run(publish(api, *failing))
        api.runner.run(until(is_held))


def test_what_waits_is_told_as_it_was_last_counted() -> None:
    names = ("chunks", "oldest_seconds", "timers_due", "effects_waiting", "effects_failing", "lanes", "dead_letters")
    metrics.backlog(**{name: number for number, name in enumerate((*names, "lag", "gaps"), 1)})
    told = metrics.text().decode()
    for line in ("outbox_chunks 1", "outbox_age_seconds 2", "timers_due 3", "effects_waiting 4", "effects_failing 5"):
        assert f"ithaca_{line}.0" in told
    for line in ("lanes_waiting 6", "dead_letters_waiting 7", "consumer_lag 8", "topics_with_gaps 9"):
        assert f"ithaca_{line}.0" in told


OF_EVENTS = {"event_type", "messaging_destination_name"}
BOUNDED = {"handler", "ending", "command", "status", "effect", "error_type", "what"} | OF_EVENTS
OF_PROMETHEUS = {"le", "generation", "implementation", "major", "minor", "patchlevel", "version"}
OF_THE_PROCESS = {"service_name", "service_version"}


def test_no_label_is_without_bounds() -> None:
    metrics.describe("shop", "1.2.3")
    labels = {label for family in REGISTRY.collect() for sample in family.samples for label in sample.labels}
    assert labels <= BOUNDED | OF_PROMETHEUS | OF_THE_PROCESS
    assert 'target_info{service_name="shop",service_version="1.2.3"} 1.0' in metrics.text().decode()


def test_the_guide_lists_every_metric_and_no_other() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "observe.md").read_text()
    ours = ("ithaca_", "messaging_", "target")
    named = {name for name in re.findall(r"`(\w+)`", guide) if name.startswith(ours)}
    families = (family for family in REGISTRY.collect() if family.name.startswith(ours))
    suffix = {"counter": "_total", "info": "_info"}
    made = {family.name + suffix.get(family.type, "") for family in families}
    assert named - {"messaging_destination_name"} == made
