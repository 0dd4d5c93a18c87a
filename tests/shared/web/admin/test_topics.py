"""Topics as they are and as they should be, and how one grows by an operator's word."""

from collections.abc import Sequence
from typing import Any

from shared.engine.memory.bus import MemoryBus
from shared.engine.ports.bus import Topic
from tests.shared.engine.shop import noting, service
from tests.shared.web.admin.operating import Operating, operating
from tests.waiting import until

TOPICS = "/v1/admin/topics"

shop = service(noting())


class Away(MemoryBus):
    """A broker that is there at first."""

    is_away = False

    async def found(self, topics: Sequence[str]) -> dict[str, Topic]:
        """See `Bus.found`."""
        if self.is_away:
            raise ConnectionError("no broker answers")
        return await super().found(topics)


def shown(api: Operating, name: str = "local.shop") -> dict[str, Any]:
    (found,) = [item for item in api.get(TOPICS).json()["items"] if item["name"] == name]
    return dict(found)


def test_topics_are_shown_as_they_should_be_and_as_they_are() -> None:
    with operating(shop) as api:
        assert shown(api) == {
            "name": "local.shop",
            "partitions": 12,
            "compacted": False,
            "found_partitions": 12,
            "found_compacted": False,
            "differences": [],
        }


def test_differences_are_sentences() -> None:
    bus = MemoryBus()
    with operating(shop, bus=bus) as api:
        bus.made["local.shop"] = Topic(3, compacted=True)
        assert shown(api)["differences"] == [
            "topic local.shop has 3 partitions, not 12",
            "topic local.shop is compacted, and should be the opposite",
        ]
        del bus.made["local.shop"]
        missing = shown(api)
    assert (missing["found_partitions"], missing["differences"]) == (None, ["topic local.shop is missing"])


def test_a_topic_grows_and_leaves_a_line() -> None:
    with operating(shop, worker=True) as api:
        assert api.get(f"{TOPICS}/grow").status_code == 404
        begun = api.post(f"{TOPICS}/grow", {"partitions": 24})
        assert (begun.status_code, begun.json()["state"]) == (202, "stopping")
        assert (begun.json()["topic"], begun.json()["from"], begun.json()["to"]) == ("local.shop", 12, 24)
        again = api.post(f"{TOPICS}/grow", {"partitions": 36})
        assert (again.status_code, again.json()["code"]) == (409, "growth-under-way")

        async def is_done() -> bool:
            answer = await api.request("GET", f"{TOPICS}/grow")
            return bool(answer.json()["state"] == "done")

        api.runner.run(until(is_done))
        found = shown(api)
        assert (found["partitions"], found["found_partitions"], found["differences"]) == (24, 24, [])
        (line,) = api.get("/v1/admin/audit").json()["items"]
    assert (line["action"], line["what"], line["details"]) == ("topics.grow", "local.shop", {"partitions": 24})


def test_fewer_partitions_and_the_topics_of_others_are_refused_with_what_to_do() -> None:
    with operating(shop) as api:
        fewer = api.post(f"{TOPICS}/grow", {"partitions": 6})
        others = api.post(f"{TOPICS}/grow", {"partitions": 24, "topic": "local.intake"})
        people = api.post(f"{TOPICS}/grow", {"partitions": 24, "topic": "local.people"})
        none = api.post(f"{TOPICS}/grow", {"partitions": 0})
        assert api.get("/v1/admin/audit").json()["items"] == []
    assert (fewer.status_code, fewer.json()["code"]) == (409, "topic-only-grows")
    assert "has 12 partitions: ask for more" in fewer.json()["detail"]
    assert (others.status_code, "ask the service that publishes" in others.json()["detail"]) == (403, True)
    assert (people.status_code, "never grows" in people.json()["detail"]) == (403, True)
    assert (none.status_code, none.json()["errors"][0]["field"]) == (422, "/partitions")


def test_without_a_broker_it_is_said_where_to_look() -> None:
    bus = Away()
    with operating(shop, bus=bus) as api:
        bus.is_away = True
        answers = [api.get(TOPICS), api.post(f"{TOPICS}/grow", {"partitions": 24})]
    for answer in answers:
        assert (answer.status_code, "ITHACA_KAFKA_BOOTSTRAP" in answer.json()["detail"]) == (503, True)


def test_only_operators_may_let_a_topic_grow() -> None:
    with operating(shop) as api:
        api.token = api.issuer.token()
        assert api.post(f"{TOPICS}/grow", {"partitions": 24}).status_code == 403
