"""Does the database answer, may the service write there, is everything there that it needs, and who works on it?"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.doctor import trails
from shared.doctor.finding import Notes
from shared.engine.consuming.gaps import Gaps, gaps_in
from shared.engine.coordination import leases
from shared.engine.coordination.database_time import NOTICED, SAME_TIME, WRONG
from shared.engine.mongo.examination import DatabaseFound, examine
from shared.engine.mongo.store import MongoStore
from shared.engine.mongo.versions import MAINTAINED, OLDEST, end_of_life, series_of, text_of
from shared.engine.ports.store import Document, NotPermitted, StoreError
from shared.engine.process.collections import collections
from shared.engine.process.engine import Engine
from shared.engine.process.obstacles import check_writes
from shared.settings import Settings

MOST_SHARDS = 256

UPGRADE = (
    f"Bring it to {text_of(MAINTAINED)} or newer, one series after the other. On a laptop, name a newer mongod in "
    "ITHACA_MONGOD or have it on the PATH; then `ithaca up --fresh`."
)

URL = "Look at ITHACA_MONGO_URL, whether the database runs, and the network."
USER = "Its user needs the role readWrite on the service's database; look at name and password in ITHACA_MONGO_URL."
MIGRATE = "Make it with the service's migrate; an index that is another one is dropped by hand first."


async def look(engine: Engine, store: MongoStore, settings: Settings, notes: Notes) -> None:
    """Take down how the database is."""
    try:
        found = await examine(store)
        missing = await store.verify(collections(engine.service)) if found.replica_set else []
    except StoreError as error:
        notes.wrong("reachable", str(error), USER if isinstance(error, NotPermitted) else URL)
        return
    server(found, settings, notes)
    if not found.replica_set:
        return
    notes.every("indexes", missing, MIGRATE, "all collections and indexes are there")
    if not missing:
        await _writes(engine, notes)
        await _leases(engine, found.now, notes)
        await _gaps(engine, notes)
        await trails.look(store, engine.seals, notes)


def server(found: DatabaseFound, settings: Settings, notes: Notes) -> None:
    """Take down what the server says of itself."""
    if not found.replica_set:
        notes.wrong(
            "replica set",
            "there is none, which transactions need",
            "Start mongod with --replSet, initiate it, and say replicaSet in ITHACA_MONGO_URL.",
        )
        return
    notes.ok("reachable", f"MongoDB {found.version}, replica set {found.replica_set}, members: {found.members}")
    if series_of(found.version) < OLDEST:
        words = f"MongoDB {found.version} is older than {text_of(OLDEST)}, the oldest with which Ithaca is tried"
        notes.warn("version", words, UPGRADE)
    elif sentence := end_of_life(found.version):
        notes.warn("end of life", sentence, UPGRADE)
    if found.members < min(3, settings.topic_replication):
        notes.warn(
            "replica set",
            f"{found.members} members have no majority when one is away, though topics have more copies",
            "Add members: three survive the loss of one.",
        )
    _clock(found, notes)


def _clock(found: DatabaseFound, notes: Notes) -> None:
    skew = max(timedelta(0), abs(found.ahead) - found.uncertain).total_seconds()
    words = f"{skew:.1f} s between the database's clock and ours"
    if skew > WRONG:
        notes.wrong("clock", f"{words}: nothing that is due is done here, and no request is taken", SAME_TIME)
    elif skew > NOTICED:
        notes.warn("clock", words, SAME_TIME)
    else:
        notes.ok("clock", words)


async def _writes(engine: Engine, notes: Notes) -> None:
    try:
        await check_writes(engine)
    except StoreError as error:
        notes.wrong("writes", str(error), USER if isinstance(error, NotPermitted) else URL)
    else:
        notes.ok("writes", "a transaction was taken by a majority; nothing is left of it")


async def _leases(engine: Engine, now: datetime, notes: Notes) -> None:
    ids = [f"shard/{number}" for number in range(MOST_SHARDS)]
    shards = list((await engine.store.get(leases.COLLECTION, ids)).values())
    wanted = engine.leases.shards
    if shards and len(shards) != wanted:
        notes.wrong(
            "shards",
            f"ITHACA_SHARDS is {wanted}, and the cell has {len(shards)}",
            f"Set it to {len(shards)}: it is fixed when a cell is made, and what is in other shards would stay there.",
        )
    _lease_owners(shards, now, notes)


async def _gaps(engine: Engine, notes: Notes) -> None:
    rows = await Gaps(engine.store, engine.executor.clock).open()
    for row in rows:
        found = "; ".join(str(gap) for gap in gaps_in(row))
        waits = row["error"] or "Its publishers are asked for it: wait, and look again."
        topic, service = row["_id"], engine.service.name
        remedy = (
            f"{waits} `ithaca topics repair {service} {topic}` asks again, `ithaca topics skip` goes on without it."
        )
        notes.wrong("gaps", found, remedy)
    if not rows:
        notes.ok("gaps", "nothing is missing of what the service reads")


def _lease_owners(shards: Sequence[Document], now: datetime, notes: Notes) -> None:
    owned = Counter(row["owner"] for row in shards if row["owner"] and row["until"] > now)
    owners = ", ".join(f"{owner} ({count})" for owner, count in sorted(owned.items()))
    free = len(shards) - owned.total()
    if free or not shards:
        last = max((row["until"] for row in shards), default=None)
        since = f", the last until {last:%Y-%m-%d %H:%M:%S} UTC" if last else ""
        found = f"nobody has {free or 'any'} of the shards{since}: what is in them is not published"
        notes.warn("leases", found, "Look whether a worker runs; one that ended uncleanly leaves its leases for 10 s.")
    else:
        eldest = max((now - row["now"]).total_seconds() for row in shards)
        notes.ok("leases", f"{owned.total()} shards, held by {owners}; all renewed within {max(0.0, eldest):.0f} s")
    if halted := sum(bool(row.get("halted")) for row in shards):
        notes.warn(
            "leases", f"publication of {halted} shards halts", "A topic grows: `ithaca topics` says how far it is."
        )
