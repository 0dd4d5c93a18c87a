"""The journal holds all that happened, in order, and a topic that was asked to grow has grown."""

from collections import Counter
from collections.abc import Iterator

from tests.simulation.world import World


def journal(world: World) -> Iterator[str]:
    """The journal holds every event once at a position of its own, and positions follow the order of each aggregate."""
    chunks = sorted(world.documents("outbox").values(), key=lambda chunk: (chunk["shard"], chunk["position"]))
    for place, count in Counter((chunk["shard"], chunk["position"]) for chunk in chunks).items():
        if count > 1:
            yield f"{count} chunks of shard {place[0]} have position {place[1]}"
    last: dict[str, int] = {}
    seen: set[str] = set()
    for event in [event for chunk in chunks for event in chunk["events"]]:
        if event["id"] in seen:
            yield f"event {event['id']} is in the journal twice"
        seen.add(event["id"])
        key, sequence = event["partitionkey"], int(event["sequence"])
        if sequence != last.get(key, 0) + 1:
            yield f"{key} has {sequence} after {last.get(key, 0)} in the journal"
        last[key] = sequence


def growth(world: World) -> Iterator[str]:
    """A topic that was asked to grow has grown."""
    for row in world.documents("growths").values():
        if (row["state"], len(world.bus.topics[row["_id"]])) != ("done", row["to"]):
            yield f"{row['_id']} should have {row['to']} partitions: {row['sentence']}"
