"""What is missing in topics is shown, and an operator decides whether it is asked for again or given up."""

from typing import Any

from shared.engine.consuming import gaps
from shared.engine.consuming.gaps import Gaps
from shared.engine.consuming.partitions import Gap, row_id
from shared.engine.coordination import leases
from shared.engine.memory.bus import MemoryBus
from shared.engine.ports.store import Insert, Put
from tests.shared.engine.shop import START, noting, service
from tests.shared.web.admin.operating import Operating, operating

GAPS = "/v1/admin/gaps"
TOPIC = "local.shop"

shop = service(noting())


def lacking(api: Operating, *numbers: int) -> None:
    """Records of these partitions are missing."""
    found = [Gap((TOPIC, number), 5, 8, START, START, "they were removed") for number in numbers]
    api.runner.run(Gaps(api.store, lambda: START).add(found))


def failed(api: Operating, error: str) -> None:
    """The repair has ended without success."""
    row = api.runner.run(api.store.get(gaps.COLLECTION, [TOPIC]))[TOPIC]
    api.given(Put(gaps.COLLECTION, row | {"state": gaps.FAILED, "error": error}))


def shown(api: Operating) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get(GAPS).json()["items"]
    assert items == api.get("/v1/admin/status").json()["gaps"]
    return items


def test_what_is_missing_is_shown_and_in_the_status_too() -> None:
    with operating(shop) as api:
        assert shown(api) == []
        lacking(api, 2)
        (found,) = shown(api)
    assert (found["topic"], found["state"], found["error"]) == (TOPIC, "running", None)
    assert found["partitions"] == [
        {
            "partition": 2,
            "first": 5,
            "next": 8,
            "since": "2027-01-04T09:00:00.000Z",
            "found_at": "2027-01-04T09:00:00.000Z",
            "reason": "they were removed",
        }
    ]


def test_what_is_given_up_in_one_partition_lets_that_one_go_on_and_leaves_a_line() -> None:
    bus = MemoryBus()
    with operating(shop, bus=bus) as api:
        bus.topics[TOPIC][2].beginning = 8
        api.given(*(Insert(leases.COLLECTION, {"_id": row_id((TOPIC, number))}) for number in (2, 3)))
        lacking(api, 2, 3)
        answer = api.post(f"{GAPS}/skip", {"topic": TOPIC, "partition": 2})
        assert answer.status_code == 200
        (left,) = shown(api)
        assert [partition["partition"] for partition in left["partitions"]] == [3]
        (line,) = api.get("/v1/admin/audit").json()["items"]
        (row,) = api.runner.run(api.store.get(leases.COLLECTION, [row_id((TOPIC, 2))])).values()
        assert row["next"] == 8
        assert api.post(f"{GAPS}/skip", {"topic": TOPIC}).json() == {"items": []}
    assert (line["action"], line["what"]) == ("gaps.skip", TOPIC)
    assert "offsets from 5 to 7" in line["details"]["given_up"][0]


def test_a_repair_that_has_failed_begins_again_with_a_line() -> None:
    with operating(shop) as api:
        lacking(api, 2)
        failed(api, "it waits")
        assert shown(api)[0]["error"] == "it waits"
        answer = api.post(f"{GAPS}/repair", {"topic": TOPIC})
        assert (answer.status_code, answer.json()["items"][0]["state"]) == (202, "running")
        (line,) = api.get("/v1/admin/audit").json()["items"]
    assert (line["action"], line["what"]) == ("gaps.repair", TOPIC)


def test_where_nothing_is_missing_nothing_is_given_up() -> None:
    with operating(shop) as api:
        for path, body in (("skip", {"topic": TOPIC}), ("repair", {"topic": TOPIC})):
            answer = api.post(f"{GAPS}/{path}", body)
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        lacking(api, 2)
        answer = api.post(f"{GAPS}/skip", {"topic": TOPIC, "partition": 4})
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        assert api.get("/v1/admin/audit").json()["items"] == []
