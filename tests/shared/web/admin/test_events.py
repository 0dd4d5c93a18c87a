"""What has happened is told as it flows: each event once, whatever is asked for in between."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.engine.batch import outbox
from shared.engine.ports.store import Insert
from shared.engine.publishing.history import first_id
from tests.shared.web.admin.operating import Operating, operating
from tests.shared.web.garden import PlotWatered
from tests.waiting import until

EVENTS = "/v1/admin/events"


def water(api: Operating, *plots: str, tenant: str = "acme") -> None:
    """Have events be published, one for each."""
    operator, api.token = api.token, api.issuer.token(tenant=tenant)
    for plot in plots:
        assert api.post(f"/v1/plots/{plot}/water", {"liters": 1}).status_code == 200
    api.token = operator

    async def is_published() -> bool:
        return not await api.store.find(outbox.COLLECTION, {"unpublished": True})

    api.runner.run(until(is_published))


def ask(api: Operating, **query: Any) -> dict[str, Any]:
    answer = api.get(EVENTS, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def plots(page: dict[str, Any]) -> list[str]:
    return [item["data"]["plot_id"] for item in page["items"]]


def test_an_event_is_shown_with_all_that_it_carries() -> None:
    with operating(worker=True) as api:
        water(api, "p1")
        (shown,) = ask(api)["items"]
    assert shown.pop("id")
    assert datetime.fromisoformat(shown.pop("time")).tzinfo is not None
    assert shown.pop("correlationid") == shown.pop("causationid")
    assert shown == {
        "type": PlotWatered.type_name,
        "tenant": "acme",
        "subject": "plot/p1",
        "sequence": "1",
        "program": None,
        "actor": "person/p1",
        "data": {"plot_id": "p1", "liters": 1},
    }


def test_the_latest_come_first_to_be_asked_for_and_what_comes_later_is_next() -> None:
    with operating(worker=True) as api:
        water(api, "a", "b", "c", "d")
        page = ask(api, limit=3)
        assert plots(page) == ["b", "c", "d"]
        assert plots(ask(api, after=page["next"])) == []
        water(api, "e")
        page = ask(api, after=page["next"])
        assert (plots(page), page["more"]) == (["e"], False)
        assert plots(ask(api, after=page["next"])) == []


def test_pages_since_a_time_hold_every_event_once() -> None:
    with operating(worker=True) as api:
        water(api, *"abcdefgh")
        began = ask(api, limit=8)["items"][0]["time"]
        page, found = ask(api, since=began, limit=3), list[str]()
        while page["items"]:
            found += plots(page)
            page = ask(api, after=page["next"], limit=3)
        assert sorted(found) == list("abcdefgh")
        assert ask(api, until=began)["items"] == []


def test_what_one_command_has_caused_is_found_by_its_id_and_an_event_by_its_own() -> None:
    with operating(worker=True) as api:
        water(api, "a", "b", "c")
        wanted = ask(api)["items"][1]
        assert ask(api, correlation=wanted["correlationid"])["items"] == [wanted]
        assert ask(api, event=wanted["id"])["items"] == [wanted]
        assert ask(api, event="none")["items"] == []
        assert ask(api, correlation="none")["items"] == []


def test_tenants_and_types_are_told_apart() -> None:
    with operating(worker=True) as api:
        water(api, "ours")
        water(api, "theirs", tenant="beta")
        assert plots(ask(api, tenant="beta")) == ["theirs"]
        assert plots(ask(api, type="Plot*")) == ["ours", "theirs"]
        assert ask(api, type="PlotDried")["items"] == []


def test_a_tenant_without_events_has_an_empty_page_to_go_on_from() -> None:
    with operating(worker=True) as api:
        water(api, "p1")
        page = ask(api, tenant="nobody")
        assert (page["items"], page["more"]) == ([], False)
        water(api, "first", tenant="nobody")
        assert plots(ask(api, tenant="nobody", after=page["next"])) == ["first"]


def test_an_event_of_800_kilobytes_is_shown_whole() -> None:
    text = "x" * 800_000
    with operating(worker=True) as api:
        water(api, "p1")
        (row,) = api.runner.run(api.store.find(outbox.COLLECTION, {}))
        event = row["events"][0] | {"data": json.dumps({"plot_id": text}).encode()}
        later = first_id(datetime.fromisoformat(event["time"]) + timedelta(seconds=1))
        api.given(Insert(outbox.COLLECTION, row | {"_id": later, "position": row["position"] + 1, "events": [event]}))
        assert plots(ask(api, limit=1)) == [text]


@pytest.mark.parametrize(
    "cursor", ["unknown", "Z2FyZGVuOjE=", "Z2FyZGVuOi0x", "§", "c2hvcDowLDAsMCwwLDAsMCwwLDAsMCwwLDAsMCwwLDAsMCww"]
)
def test_an_unknown_cursor_is_refused_with_what_to_do(cursor: str) -> None:
    with operating() as api:
        answer = api.get(EVENTS, params={"after": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "after"
    assert "none for the first page" in answer.json()["errors"][0]["detail"]


def test_a_range_that_is_reversed_or_has_no_offset_is_refused() -> None:
    with operating() as api:
        reversed = api.get(EVENTS, params={"since": "2027-03-02T00:00:00Z", "until": "2027-03-01T00:00:00Z"})
        local = api.get(EVENTS, params={"since": "2027-03-02T00:00:00"})
    assert (reversed.status_code, reversed.json()["errors"][0]["field"]) == (422, "until")
    assert (local.status_code, local.json()["errors"][0]["field"]) == (422, "since")
    assert "offset" in local.json()["errors"][0]["remedy"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_that_is_far_away_is_no_trouble(moment: str) -> None:
    with operating(worker=True) as api:
        water(api, "p1")
        assert ask(api, since=moment)["next"]
        assert ask(api, until=moment)["next"]


def test_only_operators_may_look() -> None:
    with operating() as api:
        api.token = api.issuer.token(kind="client")
        assert api.get(EVENTS).status_code == 403
