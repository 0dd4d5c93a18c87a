"""Who else runs: the replicas of the service, what they run, and whether the cell is alone with its name."""

from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version

from shared.doctor.finding import Notes
from shared.engine.coordination.database_time import NOTICED, SAME_TIME, WRONG
from shared.engine.coordination.replicas import living
from shared.engine.ports.store import Document
from shared.engine.process.engine import Engine
from shared.engine.process.obstacles import on_another_broker, shared_group, strangers
from shared.settings import Settings
from shared.web.issuer_keys import fetch_from

ROLES = {"all": "api and worker in one", "api": "api", "worker": "worker"}
ALONE = "Stop one of the two deployments before anything else: each gets or publishes a part of the events only."


async def look(engine: Engine, settings: Settings, notes: Notes) -> None:
    """Take down who runs; raises `StoreError` and `ConnectionError`."""
    rows = await living(engine.store, engine.executor.clock())
    roles = Counter(row["role"] for row in rows)
    words = ", ".join(f"{count} {ROLES[role]}" for role, count in sorted(roles.items()))
    if roles.keys() <= {"api"}:
        notes.wrong(
            "replicas",
            f"no worker runs ({words or 'nor anything else'}): nothing is published, nothing is read",
            "Look at the log of the worker, or why none was started.",
        )
    else:
        notes.ok("replicas", words)
    _versions(sorted({row["version"] for row in rows}), notes)
    _clocks(rows, notes)
    others = await strangers(engine)
    sentences = [*([shared_group(engine, others)] if others else []), *await on_another_broker(engine)]
    notes.every("prefix", sentences, ALONE, f"{settings.cell} is this deployment's alone, as far as its members show")


async def issuer(settings: Settings, notes: Notes) -> None:
    """Take down whether the keys can be had with which tokens are checked."""
    name = "ITHACA_ISSUER_INSIDE" if settings.issuer_inside else "ITHACA_ISSUER"
    try:
        await fetch_from(settings.keys_from)()
    except Exception as error:  # whatever is wrong at that address, nobody is let in
        notes.wrong(
            "issuer",
            f"{name}, {settings.keys_from}, gives no keys ({type(error).__name__}): nobody is let in",
            "Look at the setting, and whether intake runs.",
        )
    else:
        notes.ok("issuer", f"{settings.keys_from} gives the keys of tokens")


def _clocks(rows: Sequence[Document], notes: Notes) -> None:
    for row in rows:
        if abs(offset := row.get("clock_offset_seconds") or 0.0) > NOTICED:
            say = notes.wrong if abs(offset) > WRONG else notes.warn
            say("clock", f"that of {row['_id']} is {offset:+.1f} s off the database's", SAME_TIME)


def _versions(found: list[str], notes: Notes) -> None:
    ours = version("ithaca")
    if set(found) <= {ours}:
        notes.ok("version", f"all run {ours}")
    else:
        notes.warn(
            "version",
            f"{', '.join(found)} run, and this image is {ours}",
            "Wait if a rollout is under way; otherwise look at `kubectl rollout status`.",
        )
