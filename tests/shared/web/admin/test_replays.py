"""Replays over HTTP: what is asked for is published again, once, and never into what is live."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from shared.engine.memory.bus import MemoryBus
from shared.engine.ports.assignment import Assignment, AtOnce
from shared.engine.ports.bus import Record, Topic
from shared.engine.recovery.maintenance import Maintenance
from tests.shared.engine.consuming.test_read_models import Written, book, write
from tests.shared.web.admin.operating import Operating, operating
from tests.waiting import until

REPLAYS = "/v1/admin/replays"
SINCE, UNTIL = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00+02:00"


class Reader:
    """A consumer that does nothing."""

    async def assigned(self, assignment: Assignment) -> AtOnce:
        return AtOnce(assignment, self._pass_over)

    async def _pass_over(self, records: Sequence[Record]) -> None: ...


@contextmanager
def asked(pages: int = 3) -> Iterator[Operating]:
    """An operator asks a worker with a journal of one event for each page."""
    with operating(book(), worker=True, bus=MemoryBus()) as api:
        jobs = api.runner.get_loop().create_task(Maintenance(api.engine).run())
        for page in range(pages):
            api.runner.run(write(api.engine, f"p{page}"))
        yield api
        jobs.cancel()
        api.runner.run(_ended(jobs))


async def _ended(task: "asyncio.Task[None]") -> None:
    await asyncio.gather(task, return_exceptions=True)


def begin(api: Operating, **wanted: object) -> dict[str, Any]:
    answer = api.post(REPLAYS, {"group": "report"} | wanted)
    assert answer.status_code == 202, answer.text
    begun: dict[str, Any] = answer.json()
    return begun


def over(api: Operating, name: str) -> dict[str, Any]:
    """The replay when it is over."""
    shown: dict[str, Any] = {}

    async def is_over() -> bool:
        shown.update((await api.request("GET", f"{REPLAYS}/{name}")).json())
        return bool(shown["state"] != "running")

    api.runner.run(until(is_over))
    return shown


def published(api: Operating, group: str = "report") -> list[str]:
    """The ids of the pages in what was published."""
    bus = api.engine.bus
    assert isinstance(bus, MemoryBus)
    records = [record for log in bus.topics[f"local.book.replay.{group}"] for record in log]
    return sorted(record.key.decode().rpartition("/")[2] for record in records if record.key)


def test_what_is_asked_for_is_published_to_a_topic_of_the_group() -> None:
    with asked() as api:
        begun = begin(api, tenant="acme", since=SINCE, until=UNTIL)
        assert (begun["topic"], begun["state"]) == ("local.book.replay.report", "running")
        shown = over(api, begun["name"])
        assert (shown["state"], shown["published"], shown["expected"], shown["error"]) == ("done", 3, 3, None)
        assert shown["ended_at"] >= shown["started_at"]
        assert published(api) == ["p0", "p1", "p2"]
        assert [item["name"] for item in api.get(REPLAYS).json()["items"]] == [begun["name"]]


def test_the_same_request_again_is_the_same_replay() -> None:
    with asked() as api:
        first = over(api, begin(api, types=["Written"])["name"])
        assert begin(api, types=[Written.type_name]) == first
        assert published(api) == ["p0", "p1", "p2"]
        assert len(api.get("/v1/admin/audit").json()["items"]) == 1


def test_another_request_for_the_group_is_another_replay() -> None:
    with asked() as api:
        names = {begin(api, tenant=tenant)["name"] for tenant in ("acme", "other")}
        assert len(names) == 2
        assert [over(api, name)["published"] for name in sorted(names)] in ([0, 3], [3, 0])


def test_who_began_it_is_in_the_audit() -> None:
    with asked() as api:
        name = begin(api)["name"]
        (line,) = api.get("/v1/admin/audit").json()["items"]
    assert (line["action"], line["actor"], line["what"]) == ("replays.begin", "operator/ann", name)
    assert line["details"]["group"] == "report"


WRONG: dict[str, tuple[dict[str, Any], int, str]] = {
    "a range that is reversed": ({"since": UNTIL, "until": SINCE}, 422, "until has to be later than since"),
    "a range that is empty": ({"since": SINCE, "until": SINCE}, 422, "until has to be later than since"),
    "a time without an offset": ({"since": "2027-01-01T00:00:00"}, 422, "Give the offset too"),
    "a type that there is not": ({"types": ["Torn"]}, 422, f"publishes no Torn, but {Written.type_name}"[:24]),
    "a service's group": ({"group": "local.book"}, 409, "local.book is the name of a service"),
    "a service's name": ({"group": "book"}, 409, "book is the name of a service"),
    "a name that no topic can have": ({"group": "a b"}, 422, "/group"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_refused_with_a_sentence_before_anything_is_done(what: str) -> None:
    wanted, status, sentence = WRONG[what]
    with asked(0) as api:
        answer = api.post(REPLAYS, {"group": "report"} | wanted)
        assert (answer.status_code, api.get(REPLAYS).json()["items"]) == (status, [])
    assert sentence in answer.text


def test_a_group_that_reads_now_is_refused() -> None:
    with asked(0) as api:
        api.runner.run(api.engine.bus.prepare({"local.other": Topic(1)}))
        consumer = api.runner.run(api.engine.bus.consume(["local.other"], "report", Reader(), 10))
        answer = api.post(REPLAYS, {"group": "report"})
        assert (answer.status_code, answer.json()["code"]) == (409, "group-is-live")
        assert "report is reading now, with 1 members: stop them first" in answer.json()["detail"]
        api.runner.run(consumer.stop())
        assert api.post(REPLAYS, {"group": "report"}).status_code == 202


def test_a_replay_that_does_not_exist_is_not_found() -> None:
    with asked(0) as api:
        assert api.get(f"{REPLAYS}/none").status_code == 404


@pytest.mark.parametrize("kind", ["person", "client"])
def test_nobody_but_an_operator_may(kind: str) -> None:
    with asked(0) as api:
        api.token = api.issuer.token(kind=kind)
        assert api.post(REPLAYS, {"group": "report"}).status_code == 403
        assert api.get(REPLAYS).status_code == 403
