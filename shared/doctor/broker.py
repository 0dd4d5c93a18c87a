"""Does the broker answer, does it keep the topics as it should, and does it let the service do its work?"""

import asyncio
from collections.abc import Iterator

from shared.doctor.finding import Notes
from shared.engine.kafka.bus import KafkaBus
from shared.engine.kafka.examination import BrokerFound, connects, examine
from shared.engine.process.engine import Engine
from shared.engine.process.obstacles import lacking
from shared.settings import Settings

CONNECT_SECONDS = 3.0
LONG_LAG = 10_000
"""Records that wait, from which on somebody should look."""

MIGRATE = "Make it with the service's migrate, or in a cell by applying its kafka folder."
CONFIGURE = "Change it in the KafkaTopic, or with kafka-configs.sh --alter."
GROW = "Give it more: `ithaca topics grow`; the other topics' own services do the same for theirs."


async def look(engine: Engine, bus: KafkaBus, settings: Settings, notes: Notes) -> None:
    """Take down how the broker is; raises what the broker raises in the middle of it."""
    found = await _reach(engine, bus, settings, notes)
    if found is None:
        return
    _rights(found, await lacking(engine), notes)
    _topics(engine, found, notes)
    for name in found.found:
        for problem in _durability(name, found, settings.topic_replication):
            notes.warn("topic", problem, CONFIGURE)
    await _group(engine, bus, notes)


async def _reach(engine: Engine, bus: KafkaBus, settings: Settings, notes: Notes) -> BrokerFound | None:
    addresses = settings.kafka_bootstrap.split(",")
    silent = [why for why in await asyncio.gather(*(connects(one, CONNECT_SECONDS) for one in addresses)) if why]
    if len(silent) == len(addresses):
        notes.wrong("reachable", "; ".join(silent), "Look at ITHACA_KAFKA_BOOTSTRAP, whether it runs, and the network.")
        return None
    try:
        found = await examine(bus, list(engine.topics()))
    except ConnectionError:
        notes.wrong(
            "reachable",
            f"{settings.kafka_bootstrap} takes connections, but does not answer as a broker ({_manner(settings)})",
            "Look at ITHACA_KAFKA_SECURITY, ITHACA_KAFKA_CA_FILE, ITHACA_KAFKA_USERNAME and ITHACA_KAFKA_PASSWORD.",
        )
        return None
    notes.ok("reachable", f"brokers: {found.cluster.brokers}, of the cluster {found.cluster.id}; {_manner(settings)}")
    for why in silent:
        notes.warn("reachable", why, "Take the address out of ITHACA_KAFKA_BOOTSTRAP, or start that broker.")
    if found.is_kafka_4:
        notes.ok("version", "Kafka 4.0 or newer")
    else:
        notes.warn("version", "is older than Kafka 4.0, with which Ithaca is not tried", "Bring the broker up to date.")
    if found.cluster.brokers < settings.topic_replication:
        notes.wrong(
            "brokers",
            f"{found.cluster.brokers} cannot keep {settings.topic_replication} copies of a topic",
            "Start more brokers, or set ITHACA_TOPIC_REPLICATION.",
        )
    return found


def _manner(settings: Settings) -> str:
    who = f", as {settings.kafka_username}" if settings.kafka_username else ""
    return f"ITHACA_KAFKA_SECURITY is {settings.kafka_security}{who}"


def _rights(found: BrokerFound, missing: list[str], notes: Notes) -> None:
    if not found.has_authorizer:
        notes.ok("rights", "the broker has no authorizer: everybody may do everything")
        return
    remedy = "Give the user these rights: the KafkaUser of the service names them all."
    notes.every("rights", missing, remedy, "the user has all that the service needs")


def _topics(engine: Engine, found: BrokerFound, notes: Notes) -> None:
    wanted, wrong = engine.topics(), 0
    hidden = found.cluster.topics.keys() - found.found.keys()  # the rights tell of these
    for name, topic in wanted.items():
        for sentence in topic.compare(name, found.found.get(name)) if name not in hidden else ():
            notes.wrong("topic", sentence.removeprefix("topic "), _remedy(sentence))
            wrong += 1
    if not wrong and not hidden:
        notes.ok("topics", f"{len(wanted)} are there, as they should be")


def _remedy(sentence: str) -> str:
    if "is missing" in sentence:
        return MIGRATE
    return GROW if "partitions" in sentence else CONFIGURE


def _durability(name: str, found: BrokerFound, replication: int) -> Iterator[str]:
    kept, in_sync = found.cluster.topics[name], found.in_sync[name]
    if kept.leaderless:
        yield f"{name} has {kept.leaderless} partitions that no broker leads: nothing is published to them"
    if kept.behind:
        yield f"{name} has {kept.behind} partitions of which not every copy is up to date"
    if kept.replicas < replication:
        yield f"{name} has {kept.replicas} copies, and ITHACA_TOPIC_REPLICATION is {replication}"
    if in_sync > kept.replicas or in_sync == kept.replicas > 1:
        yield f"{name} has {kept.replicas} copies of which min.insync.replicas is {in_sync}: no broker may be away"


async def _group(engine: Engine, bus: KafkaBus, notes: Notes) -> None:
    topics = [engine.topic(name) for name in engine.service.sources]
    if not topics:
        return
    try:
        lag = sum(end - committed for committed, end in (await bus.lag(engine.group, topics)).values())
    except LookupError:
        return  # topics are missing, which is said
    members = len(await bus.members(engine.group))
    found = f"{engine.group}: members {members}, records to read {lag}"
    if lag > LONG_LAG:
        notes.warn("group", found, "Look at `ithaca status` and at the worker's log; more workers read faster.")
    else:
        notes.ok("group", found)
