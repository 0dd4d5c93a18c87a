"""The database as somebody needs to know it who looks for what is wrong."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

from shared.engine.mongo.errors import errors_translated
from shared.engine.mongo.store import MongoStore


@dataclass(slots=True, frozen=True)
class DatabaseFound:
    """`replica_set` is empty without one. `ahead` is how far its clock is before ours, uncertain by `uncertain`."""

    version: str
    replica_set: str
    members: int
    now: datetime
    ahead: timedelta
    uncertain: timedelta


async def examine(store: MongoStore) -> DatabaseFound:
    """Look at the database; raises `StoreError`."""
    with errors_translated():
        built = await store.client.admin.command("buildInfo")
        began = monotonic()
        hello = await store.client.admin.command("hello")
        took = timedelta(seconds=monotonic() - began)
    now: datetime = hello["localTime"].replace(tzinfo=UTC)
    return DatabaseFound(
        version=built["version"],
        replica_set=hello.get("setName", ""),
        members=len(hello.get("hosts", [])),
        now=now,
        ahead=now - (datetime.now(UTC) - took / 2),
        uncertain=took / 2,
    )
