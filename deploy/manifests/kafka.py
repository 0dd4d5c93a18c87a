"""The topics of the services on the broker, and what each service may do there."""

from collections.abc import Iterator, Sequence

from deploy.manifests.described import Described
from deploy.manifests.made import part
from shared.contracts.clock import TOPIC as CLOCK
from shared.engine.authoring.service import PEOPLE
from shared.engine.publishing.journal import TOPIC as REPLAYS

USERS = """\
# What each service may do: write its own events, read those that it reacts to, look whether topics are right, and give
# and get replays. Who shares people publishes them under transactional ids; who has got a replay removes its topic.
"""


def topics(services: Sequence[Described]) -> str:
    """The topic of each service."""
    return "".join(part("topic", service=one.name) for one in services)


def users(services: Sequence[Described]) -> str:
    """The user of each service, with no more rights than its code needs."""
    names = {one.name for one in services}
    return USERS + "".join([_user(one, names) for one in services]).removeprefix("---\n")


def _user(one: Described, names: set[str]) -> str:
    rights = [*_topics(one), *_replays(one, names), *_groups(one)]
    return part("user", service=one.name) + "".join(rights)


def _topics(one: Described) -> Iterator[str]:
    writes = {one.name, CLOCK, REPLAYS, *([PEOPLE] if one.service.shared else [])}
    reads = {*one.topics, REPLAYS}
    for topic in sorted(writes | reads):
        does = ["Describe", "DescribeConfigs", *["Read"] * (topic in reads), *["Write"] * (topic in writes)]
        yield _right("topic", topic, does, "literal")


def _replays(one: Described, names: set[str]) -> Iterator[str]:
    """It makes the topics of the replays that it gives, and removes those of the replays that it has got."""
    reads = one.name in one.topics
    gives = ["Create", *["Delete"] * reads, "Describe", "DescribeConfigs", *["Read"] * reads, "Write"]
    yield _right("topic", f"{one.name}.replay.", gives)
    for source in one.topics:
        if source in names - {one.name}:
            yield _right("topic", f"{source}.replay.", ["Delete", "Describe", "Read"])


def _groups(one: Described) -> Iterator[str]:
    if one.service.shared:
        yield _right("transactionalId", f"{one.name}.{PEOPLE}.", ["Describe", "Write"])
    yield _right("group", one.name, ["Read"])


def _right(type: str, name: str, operations: Sequence[str], pattern: str = "prefix") -> str:
    return part("user-right", type=type, name=f"cell.{name}", pattern=pattern, operations=", ".join(operations))
