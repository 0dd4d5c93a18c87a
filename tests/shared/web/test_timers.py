"""What is planned in a tenant, as those see it who run its programs."""

from datetime import UTC, datetime, timedelta

from shared.engine.deferred.timers import COLLECTION
from shared.engine.ports.store import Insert
from tests.shared.web.api import Api, running
from tests.shared.web.garden import garden

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def plan(api: Api, tenant: str, *hours: int) -> None:
    """Have a timer fire so many hours after noon, for each."""
    rows = [
        {"_id": f"{tenant}/rain/{number}", "tenant": tenant, "type": "Rain", "due": NOON + timedelta(hours=number)}
        for number in hours
    ]
    api.runner.run(api.store.transact([Insert(COLLECTION, row) for row in rows]))


def test_what_is_planned_is_shown_the_soonest_first_with_how_much_there_is() -> None:
    with running(garden) as api:
        plan(api, "acme", 3, 1, 2)
        api.token = api.issuer.token(kind="client", sub="c1")
        shown = api.get("/v1/timers?limit=2").json()
    assert shown["items"] == [
        {"id": "rain/1", "type": "Rain", "due": "2027-03-01T13:00:00Z"},
        {"id": "rain/2", "type": "Rain", "due": "2027-03-01T14:00:00Z"},
    ]
    assert shown["total"] == 3


def test_what_is_planned_for_others_is_not_shown() -> None:
    with running(garden) as api:
        plan(api, "beta", 1)
        api.token = api.issuer.token(kind="client", sub="c1")
        assert api.get("/v1/timers").json() == {"items": [], "total": 0}


def test_people_are_not_shown_what_is_planned() -> None:
    with running(garden) as api:
        answer = api.get("/v1/timers")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
