"""What is done to a cell under load. Each disruption leaves the cell as it found it, and says what it has done."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from deploy.local.backing import BackingService
from tests.faults.history import History, Position
from tests.faults.observer import Observer
from tests.faults.replicas import FAKETIME, Cell

LEASE_SECONDS, SESSION_SECONDS = 10.0, 10.0
"""Of a service's shards, and of its membership in its group."""

UNREADABLE: tuple[tuple[bytes | None, list[tuple[str, bytes]]], ...] = (
    (b"{", []),
    (b"{", [("ce_specversion", b"1.0"), ("ce_type", b"ithaca.intake.ApplicationApproved.v1")]),
    (None, [("ce_specversion", b"1.0"), ("ce_type", b"ithaca.intake.ApplicationApproved.v1"), ("ce_id", b"x")]),
)
"""Values and headers of records that say to be events of ours, or nothing at all."""


@dataclass(slots=True, frozen=True)
class Trial:
    """What disruptions need: the cell, a source of chance, and what an observer has seen."""

    cell: Cell
    random: Random
    history: History
    observer: Observer

    @property
    def service(self) -> str:
        """Any service."""
        return self.random.choice(sorted(self.cell.addresses))


Disruption = Callable[[Trial], str]


def kill(trial: Trial) -> str:
    """Kill one process of a service; the other goes on alone for a while."""
    replica = trial.random.choice(trial.cell.replicas)
    replica.kill()
    time.sleep(trial.random.uniform(1.0, SESSION_SECONDS))
    trial.cell.make_whole()
    return replica.name


def kill_both(trial: Trial) -> str:
    """Kill both processes of a service: it is away for a while."""
    service = trial.service
    for replica in trial.cell.of(service):
        replica.kill()
    time.sleep(trial.random.uniform(0.0, 3.0))
    trial.cell.make_whole()
    return service


def kill_all(trial: Trial) -> str:
    """Kill every process at once, as when power fails."""
    for replica in trial.cell.replicas:
        replica.kill()
    trial.cell.make_whole()
    return "all services"


def end(trial: Trial) -> str:
    """Ask one process to end, as when a version is rolled out."""
    replica = trial.random.choice(trial.cell.replicas)
    began = time.monotonic()
    replica.stop()
    took = time.monotonic() - began
    trial.cell.make_whole()
    return f"{replica.name}, which ended in {took:.1f} s"


def stall(trial: Trial) -> str:
    """Let a process do nothing for longer than its leases and its session last; then it goes on where it was."""
    replica = trial.random.choice(trial.cell.replicas)
    replica.pause()
    seconds = trial.random.uniform(1.2, 2.5) * LEASE_SECONDS
    time.sleep(seconds)
    trial.cell.make_whole()
    return f"{replica.name} for {seconds:.0f} s"


def restart_broker(trial: Trial) -> str:
    """Kill the broker, and start it on what it has kept."""
    return _restart(trial, trial.cell.kafka)


def restart_database(trial: Trial) -> str:
    """Kill the database, and start it on what it has kept."""
    return _restart(trial, trial.cell.mongo)


def lose_records(trial: Trial) -> str:
    """While both processes of a service are away, the broker drops the records that they have not read."""
    cell, readers = trial.cell, trial.cell.of("notify")
    for replica in readers:
        replica.kill()
    time.sleep(5.0)
    topic = cell.topic("intake")
    dropped = asyncio.run(_drop(trial, topic))
    cell.make_whole()
    return f"{dropped} records of {topic} that notify had not read"


def plant_poison(trial: Trial) -> str:
    """Records that nobody can read appear on the topics of all services."""
    planted = asyncio.run(_plant(trial))
    trial.history.poison.update(planted)
    return f"{len(planted)} records"


def set_clock_wrong(trial: Trial) -> str:
    """A process of notify or matching runs with a clock that is days ahead or behind."""
    replica = trial.random.choice([*trial.cell.of("matching"), *trial.cell.of("notify")])
    off = trial.random.choice(["+8d", "+1d", "+90s", "-1d"])
    replica.stop()
    replica.start(clock=off)
    time.sleep(2 * LEASE_SECONDS)
    was_ready = replica.is_ready()
    replica.kill()
    trial.cell.make_whole()
    if was_ready:
        trial.history.left.append(f"{replica.name} was ready with a clock that is {off} off")
    return f"{replica.name} by {off}"


DISRUPTIONS: dict[str, Disruption] = {
    "a process killed": kill,
    "both processes of a service killed": kill_both,
    "all processes killed": kill_all,
    "a process ended in order": end,
    "a process stalled": stall,
    "the broker killed": restart_broker,
    "the database killed": restart_database,
    "unread records dropped": lose_records,
    "unreadable records": plant_poison,
    **({"a clock set wrong": set_clock_wrong} if FAKETIME else {}),
}
"""By name. Without the package faketime, clocks stay right."""


def _restart(trial: Trial, server: BackingService) -> str:
    server.child.kill()
    away = trial.random.uniform(0.0, 8.0)
    time.sleep(away)
    server.stop()
    server.start()
    return f"away for {away:.0f} s and {server.start_seconds:.1f} s"


async def _drop(trial: Trial, topic: str) -> int:
    """Drop everything that the observer has read, which is what the checker has to know."""
    admin = AIOKafkaAdminClient(bootstrap_servers=trial.cell.kafka.bootstrap)
    await admin.start()
    try:
        ends = {place: offset for place, offset in trial.observer.read.items() if place[0] == topic and offset}
        wanted = {TopicPartition(*place): RecordsToDelete(before_offset=offset) for place, offset in ends.items()}
        groups = await admin.list_consumer_group_offsets(trial.cell.topic("notify"))
        await admin.delete_records(wanted, timeout_ms=10_000)
        read = {(one.topic, one.partition): known.offset for one, known in groups.items()}
        return sum(max(0, end - read.get(place, 0)) for place, end in ends.items())
    finally:
        await admin.close()


async def _plant(trial: Trial) -> set[Position]:
    """The positions of the records."""
    producer = AIOKafkaProducer(bootstrap_servers=trial.cell.kafka.bootstrap)
    await producer.start()
    try:
        topics = [trial.cell.topic(name) for name in ("intake", "matching")]
        sent = [
            await producer.send_and_wait(topic, value, key=b"k", headers=headers)
            for topic in topics
            for value, headers in UNREADABLE
        ]
        return {(one.topic, one.partition, one.offset) for one in sent}
    finally:
        await producer.stop()
