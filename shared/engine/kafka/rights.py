"""What the broker lets us do, found by asking, and how it keeps topics."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import CoordinationType
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaError,
    NoError,
    SecurityDisabled,
    TransactionalIdAuthorizationFailed,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.protocol.admin import DescribeAclsRequest
from aiokafka.protocol.transaction import InitProducerIdRequest

from shared.engine.kafka.groups import coordinator
from shared.engine.kafka.requests import AskGroup, AskTopics


class Right(IntEnum):
    """What may be done with a topic or a group; the numbers are the protocol's."""

    READ = 3
    WRITE = 4
    DESCRIBE = 8
    DESCRIBE_CONFIGS = 10


Rights = frozenset[Right]
NONE: Rights = frozenset()
LOOKING: Rights = frozenset({Right.DESCRIBE, Right.DESCRIBE_CONFIGS})

LOADING_SECONDS = 10.0
TRIAL_MS = 1000

ANY = 1
"""In the protocol's filters."""


@dataclass(slots=True, frozen=True)
class TopicKept:
    """How the brokers keep a topic: on so many of them, with partitions that nobody leads or that lag behind.

    A topic that is removed and made again has another `id`.
    """

    id: str = ""
    replicas: int = 0
    leaderless: int = 0
    behind: int = 0
    rights: Rights = NONE


@dataclass(slots=True, frozen=True)
class Cluster:
    """The brokers together. `topics` are those of the ones asked for that exist, or that we may not see."""

    id: str
    brokers: int
    topics: Mapping[str, TopicKept] = field(default_factory=dict)


async def look(admin: AIOKafkaAdminClient, topics: Iterable[str]) -> Cluster:
    """Return the cluster and these topics as they are; raises the broker's error."""
    answer: dict[str, Any] = (await admin._send_request(AskTopics(topics))).to_object()
    found = {
        topic["topic"]: _kept(topic)
        for topic in answer["topics"]
        if for_code(topic["error_code"]) is not UnknownTopicOrPartitionError
    }
    return Cluster(answer["cluster_id"], len(answer["brokers"]), found)


async def lacking(
    admin: AIOKafkaAdminClient, reads: Sequence[str], writes: Sequence[str], group: str, name: str
) -> list[str]:
    """Return the missing rights to read these topics as that group, and to write to those, a sentence each.

    `name` is one under which nobody publishes, as a sample of those behind fences. A topic that does not exist is
    passed over.
    """
    needed = dict.fromkeys((*reads, *writes), LOOKING)
    for topics, right in ((reads, Right.READ), (writes, Right.WRITE)):
        needed |= {topic: needed[topic] | {right} for topic in topics}
    there = (await look(admin, needed)).topics
    sentences = [_sentence("topic", topic, needed[topic] - kept.rights) for topic, kept in there.items()]
    if reads:
        missing = {Right.READ} - await _once_loaded(lambda: _of_group(admin, group))
        sentences.append(_sentence("group", group, missing))
    if name:
        missing = {Right.WRITE} - await _once_loaded(lambda: _of_name(admin, name))
        sentences.append(_sentence("transactional id", name, missing))
    return [sentence for sentence in sentences if sentence]


async def _once_loaded(ask: Callable[[], Awaitable[Rights]]) -> Rights:
    """What we may do with something that a coordinator looks after, and may be about to load."""
    async with asyncio.timeout(LOADING_SECONDS):
        while True:
            try:
                return await ask()
            except (GroupAuthorizationFailedError, TransactionalIdAuthorizationFailed):
                return NONE
            except KafkaError as error:
                if not error.retriable:
                    raise
            await asyncio.sleep(0.1)


async def _of_group(admin: AIOKafkaAdminClient, group: str) -> Rights:
    answer = (await admin._send_request(AskGroup(group), await coordinator(admin, group))).to_object()
    (found,) = answer["groups"]
    if (error := for_code(found["error_code"])) is not NoError:
        raise error(f"the group {group} is not told")
    return _rights(found["authorized_operations"])


async def _of_name(admin: AIOKafkaAdminClient, name: str) -> Rights:
    """The broker does not tell what we may do with a transactional id, so that we take this one."""
    node = await coordinator(admin, name, CoordinationType.TRANSACTION)
    answer = await admin._send_request(InitProducerIdRequest(name, TRIAL_MS), node)
    if (error := for_code(answer.error_code)) is not NoError:
        raise error(f"nobody can publish as {name}")
    return frozenset({Right.WRITE})


async def has_authorizer(admin: AIOKafkaAdminClient) -> bool:
    """Return whether the broker looks at rights at all."""
    question = DescribeAclsRequest(ANY, None, ANY, None, None, ANY, ANY)
    answer = await admin._send_request(question)
    return for_code(answer.error_code) is not SecurityDisabled


def _kept(topic: Mapping[str, Any]) -> TopicKept:
    partitions = topic["partitions"]
    return TopicKept(
        id=topic["topic_id"].hex(),
        replicas=min((len(partition["replicas"]) for partition in partitions), default=0),
        leaderless=sum(partition["leader"] < 0 for partition in partitions),
        behind=sum(len(partition["isr"]) < len(partition["replicas"]) for partition in partitions),
        rights=_rights(topic["authorized_operations"]) if for_code(topic["error_code"]) is NoError else NONE,
    )


def _rights(bits: int) -> Rights:
    return frozenset(right for right in Right if bits >> right & 1)


def _sentence(kind: str, name: str, missing: Iterable[Right]) -> str:
    words = ", ".join(right.name for right in sorted(missing))
    return f"the broker's user lacks rights on {kind} {name}: {words}" if words else ""
