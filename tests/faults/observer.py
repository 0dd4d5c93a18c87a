"""Looks at a cell from outside: reads all topics from their beginning, asks what operators may ask, looks at mail."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import httpx
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from deploy.local.mail import MailFolder
from deploy.local.running import Operator
from shared.engine.ports.bus import Partition
from tests.faults.history import History, Letter, Mail, Published

ANSWER_SECONDS = 10.0
PAUSE = 0.5


class Observer:
    """Adds to a history whatever appears on the topics, in the order of each partition, until it is cancelled."""

    def __init__(self, bootstrap: str, topics: Sequence[str], history: History) -> None:
        self.bootstrap, self.topics, self.history = bootstrap, topics, history
        self.read: dict[Partition, int] = {}

    async def run(self) -> None:
        """Read on, whatever becomes of the broker meanwhile."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap, isolation_level="read_committed", auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            partitions = [
                TopicPartition(topic, number)
                for topic in self.topics
                for number in sorted(consumer.partitions_for_topic(topic) or await _partitions(consumer, topic))
            ]
            consumer.assign(partitions)
            while True:
                await self._some(consumer, partitions)
        finally:
            await consumer.stop()

    async def _some(self, consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition]) -> None:
        try:
            found: Mapping[TopicPartition, Sequence[ConsumerRecord]] = await consumer.getmany(timeout_ms=300)
            for records in found.values():
                self.history.published.extend(published for one in records if (published := _understood(one)))
            for one in partitions:  # past the marks of transactions, too
                self.read[one.topic, one.partition] = await consumer.position(one)
        except KafkaError:
            await asyncio.sleep(PAUSE)


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    """The numbers of a topic's partitions, which a consumer without a subscription has to ask for."""
    await consumer._client.add_topic(topic)
    found: set[int] = consumer.partitions_for_topic(topic) or set()
    return found


def _understood(record: ConsumerRecord) -> Published | None:
    """The record as an event; None for one that is none, as those are that were planted."""
    try:
        headers = {name: content.decode() for name, content in record.headers}
        return Published(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            key=record.key.decode(),
            id=headers["ce_id"],
            name=headers["ce_type"].split(".")[-2],
            subject=headers.get("ce_subject", ""),
            sequence=int(headers.get("ce_sequence", 0)),
            correlation=headers.get("ce_correlationid", ""),
            data=record.value,
        )
    except (AttributeError, IndexError, KeyError, ValueError):
        return None


def mails(folder: MailFolder, organization: str) -> list[Mail]:
    """Every mail that somebody of the organization has got."""
    found = folder.newest(to=organization)
    return [
        Mail(one.message["Message-ID"], one.to.partition("<")[2].strip(">") or one.to, one.subject) for one in found
    ]


class Operators:
    """Asks what operators may ask."""

    def __init__(self, addresses: Mapping[str, Sequence[str]], operator: Operator) -> None:
        self.addresses, self.operator = addresses, operator

    async def letters(self) -> list[Letter]:
        """The dead letters of all services."""
        found = list[Letter]()
        async with self._connection() as http:
            for service, (address, *_) in self.addresses.items():
                after = dict[str, str]()
                while True:
                    parameters = {"limit": "500", **after}
                    answer = await http.get(f"{address}/v1/admin/dead-letters", params=parameters)
                    page = answer.raise_for_status().json()
                    found.extend(
                        Letter(service, one["topic"], one["partition"], one["offset"], one["message_type"])
                        for one in page["items"]
                    )
                    if page["next"] is None:
                        break
                    after = {"after": str(page["next"])}
        return found

    async def waiting(self) -> list[str]:
        """What is still under way, a sentence each; a service that does not answer is one, too."""
        found = list[str]()
        try:
            async with self._connection() as http:
                for service, (address, *_) in self.addresses.items():
                    status = (await http.get(f"{address}/v1/admin/status")).raise_for_status().json()
                    counts = {
                        "records to read": status["lag"]["total"] if status["lag"] else 0,
                        "chunks to publish": status["outbox"]["chunks"],
                        "timers that are due": status["timers"]["due"],
                        "effects to perform": status["effects"]["waiting"],
                        "messages in lanes": status["lanes"]["messages"],
                    }
                    found += [f"{service} has {count} {what}" for what, count in counts.items() if count]
        except (httpx.HTTPError, KeyError, TypeError) as error:
            found.append(f"a service does not say how it is ({type(error).__name__})")
        return found

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[httpx.AsyncClient]:
        """Requests with an operator's token."""
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False) as http:
            answer = await http.post(
                f"{self.addresses['intake'][0]}/oauth/token",
                data={"grant_type": "client_credentials"},
                auth=(self.operator.client_id, self.operator.client_secret),
            )
            http.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
            yield http
