"""What waits is shown with the reason, and tried at once when an operator says so."""

from datetime import timedelta
from typing import Any

from shared.clock import system_clock
from shared.engine.authoring.answer import Ending
from shared.engine.batch.message import Message
from shared.engine.failures.lanes import ROWS, Lane, _row
from shared.engine.ports.store import Document, Insert
from tests.shared.engine.shop import Shop, Sold, noting, service
from tests.shared.web.admin.operating import Operating, operating

LANES = "/v1/admin/lanes"


def given_lane(api: Operating, id: str, minutes: float | None = 5, **state: Any) -> None:
    """A lane with three messages, the first of which is tried in some minutes."""
    tenant, handler, _ = id.split("/", 2)
    now = system_clock()
    wake_at = None if minutes is None else now + timedelta(minutes=minutes)
    known = {"handler": handler, "head": 4, "tail": 7, "attempts": 2, "waiting_for": None, "wake_at": wake_at}
    lane = {"_id": id, "tenant": tenant, "version": 9, "state": known | state}
    row = {"_id": f"{id}#0000000004", "tenant": tenant, "parked_at": now - timedelta(minutes=1)}
    api.given(Insert(Lane.collection, lane), Insert(ROWS, row))


def woken(api: Operating, **which: str) -> int:
    answer = api.post(f"{LANES}/wake", which)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["woken"])


def test_what_waits_is_shown_with_the_reason() -> None:
    with operating() as api:
        given_lane(api, "acme/note/till/t1", error="shop.py:3 in note\nRuntimeError")
        given_lane(api, "beta/note/till/t2", waiting_for="till/beta/t2", minutes=None)
        first, second = api.get(LANES).json()["items"]
        assert [item["id"] for item in api.get(f"{LANES}?tenant=beta").json()["items"]] == ["beta/note/till/t2"]
        assert api.get(f"{LANES}?handler=other").json() == {"items": [], "next": None}
    assert first.pop("parked_at").endswith("Z")
    assert first.pop("wake_at").endswith("Z")
    assert first == {
        "id": "acme/note/till/t1",
        "tenant": "acme",
        "handler": "note",
        "lane": "till/t1",
        "messages": 3,
        "waiting_for": None,
        "attempts": 2,
        "error": "shop.py:3 in note\nRuntimeError",
    }
    assert (second["waiting_for"], second["wake_at"], second["error"]) == ("till/beta/t2", None, None)


def test_lanes_come_page_by_page() -> None:
    with operating() as api:
        for number in range(5):
            given_lane(api, f"acme/note/till/t{number}")
        first = api.get(f"{LANES}?limit=3").json()
        second = api.get(f"{LANES}?limit=3&after={first['next']}").json()
    assert [item["lane"] for item in first["items"] + second["items"]] == [f"till/t{number}" for number in range(5)]
    assert second["next"] is None


def test_to_wake_makes_due_what_waits_and_leaves_a_line() -> None:
    with operating() as api:
        given_lane(api, "acme/note/till/t1", waiting_for="till/acme/t1")
        given_lane(api, "acme/note/till/due", minutes=-1)
        given_lane(api, "acme/note/till/held", minutes=None)
        given_lane(api, "beta/note/till/t2")
        assert woken(api, tenant="acme", handler="note") == 1
        lane = api.runner.run(api.store.get(Lane.collection, ["acme/note/till/t1"]))["acme/note/till/t1"]
        assert lane["state"]["wake_at"] <= system_clock()
        assert (lane["state"]["waiting_for"], lane["version"]) == (None, 10)
        assert woken(api) == 1
        assert woken(api, id="beta/note/till/t2") == 0
        lines = api.get("/v1/admin/audit").json()["items"]
    assert [(line["actor"], line["action"], line["what"], line["tenant"]) for line in lines] == [
        ("operator/ann", "lanes.wake", "0 lanes", ""),
        ("operator/ann", "lanes.wake", "1 lanes", ""),
        ("operator/ann", "lanes.wake", "1 lanes", "acme"),
    ]
    assert lines[2]["details"] == {"tenant": "acme", "handler": "note"}


def test_many_lanes_are_woken_some_at_a_time() -> None:
    with operating() as api:
        for number in range(250):
            given_lane(api, f"acme/note/till/t{number}")
        assert woken(api) == 250


def test_what_fails_says_where_and_is_tried_again_when_it_is_woken() -> None:
    shop = Shop(noting())
    with operating(service(noting())) as api:
        event = shop.event(Sold(till_id="t1", number=-1))
        (answer,) = api.runner.run(api.engine.executor.handle([event]))
        assert answer.ending is Ending.PARKED
        (shown,) = api.get(LANES).json()["items"]
    assert (shown["handler"], shown["lane"], shown["messages"], shown["attempts"]) == ("note", "till/t1", 1, 1)
    assert shown["error"].endswith("RuntimeError")
    assert "below zero" not in shown["error"]


def test_an_unknown_field_is_refused_and_nobody_but_an_operator_may_wake() -> None:
    with operating() as api:
        assert api.post(f"{LANES}/wake", {"all": True}).status_code == 422
        api.token = api.issuer.token()
        assert api.post(f"{LANES}/wake", {"tenant": "acme"}).status_code == 403
        assert api.runner.run(api.store.find("audit", {})) == []


def test_what_waits_of_one_command_is_found_in_its_organization_only() -> None:
    with operating(service(noting())) as api:
        shop = Shop(store=api.store)
        shop.service = api.engine.service
        for tenant, correlation in (("acme", "c1"), ("acme", "c2"), ("beta", "c1")):
            message = shop.event(Sold(till_id="t1", number=-1))
            message.tenant, message.origin.correlation = tenant, correlation
            api.given(Insert(ROWS, parked(message)))
        found = api.get("/v1/admin/parked?tenant=acme&correlation=c1").json()["items"]
    assert [(one["handler"], one["message_type"]) for one in found] == [("note", Sold.type_name)]


def parked(message: Message) -> Document:
    """A message as it waits in a lane of its own."""
    return _row(message, f"{message.tenant}/note/{message.id}", 1, system_clock())
