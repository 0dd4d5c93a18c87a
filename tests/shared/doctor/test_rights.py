"""A user of the database or of the broker without the rights that the service needs is told which."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest
from pymongo import MongoClient

from deploy.local import kafka
from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo
from shared.doctor.finding import Level, Part
from shared.engine.ports.store import NotPermitted
from shared.engine.process.obstacles import lacking, obstacles
from tests.shared.doctor.trial import Trial, assemble
from tests.shared.engine.conftest import Run
from tests.shared.engine.recovery.test_republication import ONLY_SELLS
from tests.waiting import until

pytestmark = pytest.mark.real

TOPIC, GROUP, TRANSACTIONAL_ID, LITERAL, WRITE, READ, ALLOW = 2, 3, 5, 3, 4, 3, 3
"""Of the protocol's rights."""

HUSH = "hush"


class Guarded(Mongo):
    """A database that asks who somebody is."""

    def prepare(self) -> list[str | Path]:
        """With a key among its members, which turns access control on."""
        key = self.folder / "key"
        key.write_text("membersonly")
        key.chmod(0o600)
        return [*super().prepare(), "--keyFile", key]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongo]:
    """With two users: one reads everything and writes nothing, the other does what a service needs."""
    home = tmp_path_factory.mktemp("guarded")
    with Mongo(home) as open_to_all, MongoClient[dict[str, str]](open_to_all.url) as client:
        client.admin.command("createUser", "reader", pwd=HUSH, roles=["readAnyDatabase"])
        client.admin.command("createUser", "service", pwd=HUSH, roles=["readWriteAnyDatabase"])
    with Guarded(home) as server:
        yield server


@pytest.fixture(scope="module")
def authorizing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A broker that looks at rights, where there are any about a topic or a group."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(kafka.NODE, "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
        patch.setitem(kafka.NODE, "allow.everyone.if.no.acl.found", "true")
        with Kafka(tmp_path_factory.mktemp("authorizing")) as server:
            yield server


def as_user(server: Mongo, name: str, password: str = HUSH) -> dict[str, str]:
    """The setting with which somebody comes."""
    return {"MONGO_URL": server.url.replace("mongodb://", f"mongodb://{name}:{password}@")}


async def give_to_another(bootstrap: str, kind: int, name: str, operation: int) -> None:
    """Let somebody else do that, and by this nobody but them."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        right = CreateAclsRequest(kind, name, LITERAL, "User:another", "*", operation, ALLOW)
        answer = await admin._send_request(right)
        assert [code for code, _ in answer.creation_responses] == [0]
    finally:
        await admin.close()


@pytest.mark.parametrize(
    ("name", "password", "sentence"),
    [
        ("reader", "hush", "MongoDB lets this user not do what is needed: not authorized on"),
        ("service", "wrong", "MongoDB takes this user's name and password for wrong"),
    ],
)
def test_a_user_of_the_database_without_rights_is_told_and_nothing_starts(
    name: str, password: str, sentence: str, guarded: Mongo, trial: Trial, run: Run
) -> None:
    async def look() -> None:
        trial.environment["ITHACA_MONGO_URL"] = as_user(guarded, "service")["MONGO_URL"]
        async with trial.engine():
            found = await trial.look(as_user(guarded, name, password))
        (wrong,) = [one for one in found.findings if one.part is Part.DATABASE and one.level is Level.WRONG]
        assert wrong.found.startswith(sentence)
        assert "the role readWrite" in wrong.remedy
        trial.environment["ITHACA_MONGO_URL"] = as_user(guarded, name, password)["MONGO_URL"]
        with pytest.raises(NotPermitted, match=sentence):
            async with trial.engine() as engine:
                await obstacles(engine)

    run(look())


def test_a_user_with_the_rights_is_well(guarded: Mongo, trial: Trial, run: Run) -> None:
    trial.environment["ITHACA_MONGO_URL"] = as_user(guarded, "service")["MONGO_URL"]

    async def look() -> None:
        async with trial.working() as engine:
            assert await trial.complaints() == []
            assert await obstacles(engine) == []

    run(look())


def test_rights_that_are_missing_on_the_broker_are_named_and_nothing_starts(
    authorizing: Kafka, trial: Trial, run: Run
) -> None:
    trial.environment["ITHACA_KAFKA_BOOTSTRAP"] = authorizing.bootstrap

    async def look() -> None:
        async with trial.working() as engine:
            assert await trial.complaints() == []
            topic = engine.topic()
            await give_to_another(authorizing.bootstrap, TOPIC, topic, READ)
            sentence = f"the broker's user lacks rights on topic {topic}: READ, WRITE, DESCRIBE, DESCRIBE_CONFIGS"
            await until(lambda: lacking(engine))
            assert await obstacles(engine) == [sentence]
            assert f"wrong rights: {sentence}" in await trial.complaints()

    run(look())


def test_a_group_that_is_another_users_is_named(authorizing: Kafka, trial: Trial, run: Run) -> None:
    trial.environment["ITHACA_KAFKA_BOOTSTRAP"] = authorizing.bootstrap

    async def look() -> None:
        async with trial.engine() as engine:
            await give_to_another(authorizing.bootstrap, GROUP, engine.group, READ)
            sentence = f"the broker's user lacks rights on group {engine.group}: READ"
            await until(lambda: lacking(engine))
            assert await obstacles(engine) == [sentence]

    run(look())


def test_who_may_not_publish_people_under_the_names_of_a_service_is_told(
    authorizing: Kafka, trial: Trial, run: Run
) -> None:
    trial.environment["ITHACA_KAFKA_BOOTSTRAP"] = authorizing.bootstrap

    async def look() -> None:
        engine = assemble(ONLY_SELLS, trial.settings())
        await engine.prepare()
        assert await obstacles(engine) == []
        name = f"{engine.topic()}.people.trial"
        await give_to_another(authorizing.bootstrap, TRANSACTIONAL_ID, name, WRITE)
        await until(lambda: lacking(engine))
        assert await obstacles(engine) == [f"the broker's user lacks rights on transactional id {name}: WRITE"]
        await engine.close()

    run(look())
