"""The operators' interface on the real database and broker: all that is looked for is found by their indexes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from shared.clock import system_clock
from shared.engine.execution.executor import Limits
from shared.engine.failures.lanes import Lane
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from shared.engine.process.engine import Engine, ProcessOptions
from shared.engine.process.samples import Sampling
from shared.settings import Settings
from shared.web.app import create_app
from tests.shared.engine.publishing.test_growth import selling
from tests.shared.engine.shop import Ledger, noting, service
from tests.shared.web.api import Api
from tests.shared.web.issuing import Issuer
from tests.waiting import PATIENCE, until

shop = service(selling(), noting())


class Real(Api):
    """A process that does everything, and an operator who asks it."""

    def __init__(self, runner: asyncio.Runner, mongo_url: str, bootstrap: str) -> None:
        issuer, name = Issuer(), f"t{uuid4().hex[:12]}"
        self.mongo = MongoStore(mongo_url, name)
        options = ProcessOptions("one", name, 3.0, partitions=3, poll_seconds=0.2, answer_seconds=PATIENCE)
        bus = KafkaBus(bootstrap)
        self.engine = Engine(shop, self.mongo, bus, system_clock, Random(1), options, Limits(shards=4))
        app = create_app(shop, self.engine.submit, self.mongo, Settings(), issuer.verifier())
        app.state.engine = self.engine
        super().__init__(runner, app, issuer)
        self.token = issuer.token(kind="operator", sub="ann", tenant=None)

    def admin(self, path: str, **query: Any) -> Any:
        """What the interface answers."""
        answer = self.get(f"/v1/admin/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sell(self, numbers: range, tills: Sequence[str] = ("t0", "t1", "t2", "t3", "t4")) -> None:
        """Sell something at every till for each number; below zero is what nobody can note."""
        operator, self.token = self.token, self.issuer.token()

        async def all_at_once() -> None:
            for number in numbers:
                bodies = [{"till_id": till, "number": number} for till in tills]
                answers = await asyncio.gather(*(self.request("POST", "/v1/sales", json=body) for body in bodies))
                assert {answer.status_code for answer in answers} == {200}

        self.runner.run(all_at_once())
        self.token = operator

    def wait(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Until it holds."""
        self.runner.run(until(holds))

    async def ledgers(self) -> list[list[int]]:
        """What was noted of each till."""
        return [row["state"]["numbers"] for row in await self.mongo.find(Ledger.collection, {})]


@contextmanager
def real(mongo_url: str, bootstrap: str) -> Iterator[Real]:
    with asyncio.Runner() as runner:
        api = Real(runner, mongo_url, bootstrap)
        runner.run(api.engine.prepare())
        runner.run(api.engine.start())
        yield api
        runner.run(api.engine.stop())
        runner.run(api.mongo.client.drop_database(api.mongo.database.name))
        runner.run(api.engine.close())


@pytest.fixture(scope="module")
def api(mongo_url: str, kafka_bootstrap: str) -> Iterator[Real]:
    with real(mongo_url, kafka_bootstrap) as api:
        yield api


def test_events_flow_through_pages_and_are_found_by_what_caused_them(api: Real) -> None:
    before = api.admin("events")["next"]
    api.sell(range(8))

    async def are_noted() -> bool:
        return sum(map(len, await api.ledgers())) == 40

    api.wait(are_noted)
    page, found = api.admin("events", after=before, limit=7), list[dict[str, Any]]()
    while page["items"]:
        found += page["items"]
        page = api.admin("events", after=page["next"], limit=7)
    assert len({event["id"] for event in found}) == len(found) == 40
    for subject in {event["subject"] for event in found}:
        numbers = [event["data"]["number"] for event in found if event["subject"] == subject]
        assert numbers == list(range(8))
    since = api.admin("events", since=found[0]["time"], type="Sold")["items"]
    assert {event["id"] for event in since} == {event["id"] for event in found}
    assert api.admin("events", event=found[7]["id"])["items"] == [found[7]]
    assert api.admin("events", correlation=found[3]["correlationid"])["items"] == [found[3]]
    assert [event["id"] for event in api.admin("events", limit=3)["items"]] == [event["id"] for event in found[-3:]]


def test_the_status_tells_of_the_database_and_the_broker(api: Real) -> None:
    api.sell(range(-1, 0), tills=["broken"])

    async def is_parked() -> bool:
        return bool(await api.mongo.find(Lane.collection, {}))

    api.wait(is_parked)
    api.runner.run(Sampling(api.engine, "all").look())
    shown = api.admin("status")
    assert (shown["database"], shown["broker"]) == ("ok", "ok")
    assert (shown["lanes"], shown["dead_letters"]) == ({"parked": 1, "messages": 1}, 0)
    assert [replica["partitions"] > 0 for replica in shown["replicas"]] == [True]
    assert len([part for part in shown["lag"]["partitions"] if part["topic"] == api.engine.topic()]) == 3
    (lane,) = api.admin("lanes")["items"]
    assert (lane["handler"], lane["lane"], lane["error"].endswith("RuntimeError")) == ("note", "till/broken", True)
    assert api.post("/v1/admin/lanes/wake", {"handler": "note"}).status_code == 200
    assert api.admin("timers") == {"items": [], "next": None}


def test_a_topic_grows_while_events_flow_and_they_stay_in_order(api: Real) -> None:
    assert api.post("/v1/admin/topics/grow", {"partitions": 6}).status_code == 202
    number = 100
    while (growth := api.admin("topics/grow"))["state"] not in ("done", "failed"):
        api.sell(range(number, number + 3))
        number += 3
    assert growth["sentence"] == "The topic has 6 partitions, and publication goes on."
    api.sell(range(number, number + 5))

    async def are_noted() -> bool:
        return all(ledger[-1:] == [number + 4] for ledger in await api.ledgers())

    api.wait(are_noted)
    for ledger in api.runner.run(api.ledgers()):
        assert ledger == sorted(ledger)
    (topic,) = [item for item in api.admin("topics")["items"] if item["name"] == api.engine.topic()]
    assert (topic["partitions"], topic["found_partitions"], topic["differences"]) == (6, 6, [])
