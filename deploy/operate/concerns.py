"""What an operator should look at, and how."""

from collections.abc import Iterator

from deploy.operate.answers import Status
from deploy.operate.client import Unanswered
from deploy.operate.figures import at_least, lasting
from shared.engine.coordination.database_time import NOTICED

LATE = 60.0
"""Seconds after which an event that is not published is late."""


def concerns(name: str, status: Status | Unanswered) -> Iterator[str]:
    """A sentence for each, with what to do about it."""
    if isinstance(status, Unanswered):
        yield str(status)
        return
    for part, found in (("database", status.database), ("broker", status.broker)):
        if found != "ok":
            yield f"{name}'s {part}: {found}"
    for handler in sorted({handler for replica in status.replicas for handler in replica.paused_handlers}):
        yield f"{name} has paused {handler}, which mostly fails: `ithaca lanes --service {name}`"
    yield from _clocks(name, status)
    if status.effects.failing:
        yield f"{name}: effects that fail and are tried again ({at_least(status.effects.failing)}); its log says why"
    if (age := status.outbox.oldest_seconds or 0.0) > LATE:
        yield f"{name} has had events to publish for {lasting(age)}: its log says why"
    if status.lanes.parked:
        yield f"{name}: lanes that wait ({at_least(status.lanes.parked)}), `ithaca lanes --service {name}`"
    for gap in status.gaps:
        partitions = ", ".join(str(one.partition) for one in gap.partitions)
        is_asked = "asks its publishers for it" if gap.state == "running" else "waits for you"
        yield (
            f"{name} lacks records of {gap.topic}, reads no partition {partitions}, and {is_asked}: "
            f"`ithaca topics gaps --service {name}`"
        )
    if status.dead_letters:
        yield f"{name}: dead letters ({at_least(status.dead_letters)}), `ithaca deadletters list --service {name}`"


def _clocks(name: str, status: Status) -> Iterator[str]:
    for replica in status.replicas:
        if abs(offset := replica.clock_offset_seconds or 0.0) > NOTICED:
            way = "ahead of" if offset > 0 else "behind"
            yield f"{name}: the clock of {replica.name} is {abs(offset):.0f} s {way} the database's: `ithaca doctor`"
