"""What the compacted topic ends with is the truth, for everybody who reads it."""

from collections.abc import Iterator, Mapping

from shared.engine.ports.bus import Record
from tests.simulation.world import World

PEOPLE = "local.people"


def last_records(world: World) -> Iterator[str]:
    """The last record of every key is the highest state that was committed, a tombstone where the state is gone."""
    last = {(record.key or b"").decode(): record for log in world.bus.topics[PEOPLE] for record in log}
    for key, (sequence, data) in world.witness.highest.items():
        yield from _last(key, last.get(key), sequence, data)


def local_copies(world: World) -> Iterator[str]:
    """Every local copy shows the state that there is in the end."""
    yield from _local_copies(world, "account", {"deposits": "operations"})
    yield from _local_copies(world, "person", {"edits": "edits"})


def _last(key: str, record: Record | None, sequence: int, data: bytes | None) -> Iterator[str]:
    if record is None:
        yield f"{key} is not on the people topic"
        return
    found = int(dict(record.headers)["ce_sequence"])
    if (found, record.value) != (sequence, data):
        kinds = {True: "a tombstone", False: "a state"}
        yield (
            f"{key} ends with {kinds[record.value is None]} of sequence {found} on the people topic, "
            f"not with {kinds[data is None]} of {sequence}"
        )


def _local_copies(world: World, kind: str, counted: Mapping[str, str]) -> Iterator[str]:
    seen_of = world.documents(f"{kind}-seen")
    for id, row in world.documents(kind).items():
        if not row["version"]:  # somebody has looked for it, and it was never there
            continue
        seen = seen_of.get(id, {"state": {}})["state"]
        if row["state"].get("erased"):
            if seen and not seen.get("removed"):
                yield f"{id} is erased, and its copy still there"
            continue
        for field, source in counted.items():
            if seen.get("removed") or seen.get(field) != len(row["state"][source]):
                yield f"the copy of {id} shows {seen.get(field)} {source}, not {len(row['state'][source])}"
