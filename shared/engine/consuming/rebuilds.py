"""Rebuilds of read models, as they are asked for and looked at: a document for each model, kept when it is over."""

from datetime import datetime

from shared.engine.ports.store import Document

COLLECTION = "rebuilds"


def job(model: str, name: str, started_at: datetime) -> Document:
    """Return a rebuild that is to be done. `name` is its own: what is replayed for it is for no other."""
    return {
        "_id": model,
        "name": name,
        "state": "running",
        "generation": None,
        "phase": "replaying",
        "replays": {},
        "fed": {},
        "lanes": None,
        "error": "",
        "started_at": started_at,
        "ended_at": None,
        "switched_at": None,
        "position": None,
    }


def ends(row: Document) -> dict[str, dict[str, int]]:
    """Return where the replay of each service ends that has published one, by partition; see `is_replayed`."""
    return {service: replay["ends"] for service, replay in row["replays"].items() if "ends" in replay}


def is_replayed(row: Document) -> bool:
    """Return whether every service has published what it was asked for."""
    return len(ends(row)) == len(row["replays"])


def done(row: Document) -> int:
    """Return how many events were applied."""
    return sum(offset for offsets in row["fed"].values() for offset in offsets.values())


def expected(row: Document) -> int | None:
    """Return how many events there are; None until all are replayed."""
    if row["generation"] is None or not is_replayed(row):
        return None
    return sum(end for offsets in ends(row).values() for end in offsets.values())
