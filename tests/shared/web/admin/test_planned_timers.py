"""What is planned in all tenants, the soonest first, and what is late."""

from datetime import datetime, timedelta

import pytest

from shared.clock import system_clock
from shared.engine.deferred.timers import COLLECTION
from shared.engine.ports.store import Insert
from tests.shared.web.admin.operating import Operating, operating

TIMERS = "/v1/admin/timers"


def plan(api: Operating, id: str, due: datetime, type: str = "Rain", shard: int = 0, offset_ms: int = 0) -> None:
    row = {"_id": id, "tenant": id.partition("/")[0], "type": type, "due": due, "shard": shard, "correlation": "c1"}
    row["offset_ms"] = offset_ms
    api.given(Insert(COLLECTION, row))


def test_the_soonest_comes_first_and_what_is_late_says_by_how_much() -> None:
    now = system_clock()
    with operating() as api:
        plan(api, "acme/later", now + timedelta(hours=1))
        plan(api, "beta/late", now - timedelta(minutes=2), shard=3)
        late, later = api.get(TIMERS).json()["items"]
    assert (later["id"], later["tenant"], later["type"], later["correlationid"]) == ("later", "acme", "Rain", "c1")
    assert (late["id"], later["overdue_seconds"]) == ("late", None)
    assert 120 <= late["overdue_seconds"] < 150


def test_what_a_sandbox_plans_is_shown_by_its_own_clock() -> None:
    now, ahead = system_clock(), timedelta(days=30)
    with operating() as api:
        plan(api, "sandbox-acme/soon", now + timedelta(hours=1), offset_ms=ahead // timedelta(milliseconds=1))
        (soon,) = api.get(TIMERS).json()["items"]
    assert datetime.fromisoformat(soon["due"]) - now > ahead
    assert soon["overdue_seconds"] is None


def test_tenants_and_types_are_told_apart() -> None:
    now = system_clock()
    with operating() as api:
        plan(api, "acme/a", now)
        plan(api, "acme/b", now, type="Frost")
        plan(api, "beta/c", now)
        assert [item["id"] for item in api.get(f"{TIMERS}?tenant=acme").json()["items"]] == ["a", "b"]
        assert [item["id"] for item in api.get(f"{TIMERS}?type=Frost").json()["items"]] == ["b"]
        assert api.get(f"{TIMERS}?tenant=nobody").json() == {"items": [], "next": None}


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 100])
def test_pages_hold_each_timer_once_though_many_are_due_at_one_time(limit: int) -> None:
    now = system_clock()
    with operating() as api:
        for number in range(10):
            plan(api, f"acme/{number}", now + timedelta(hours=number // 4), shard=number % 5)
        found, after = list[str](), None
        while True:
            query = {"limit": limit} | ({"after": after} if after else {})
            page = api.get(TIMERS, params=query).json()
            found += [item["id"] for item in page["items"]]
            if (after := page["next"]) is None:
                break
    assert found == [str(number) for number in range(10)]


@pytest.mark.parametrize("cursor", ["unknown", "2027-03-01T12:00:00Z", "2027-03-01T12:00:00 acme/a"])
def test_an_unknown_cursor_is_refused(cursor: str) -> None:
    with operating() as api:
        answer = api.get(TIMERS, params={"after": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "after")
