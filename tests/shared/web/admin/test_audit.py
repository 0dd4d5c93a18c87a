"""What operators have done stays, and operators can read it."""

from datetime import UTC, datetime

import pytest

from shared.engine.process import audit
from tests.shared.web.admin.operating import Operating, operating

AT = datetime(2027, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def given_lines(api: Operating, *ids: str) -> None:
    api.given(*(audit.line(id, AT, "operator/ann", "lanes.wake", "note", "acme", {"woken": 3}) for id in ids))


def test_the_latest_comes_first_with_all_that_is_known_of_it() -> None:
    with operating() as api:
        given_lines(api, "a1", "a2")
        shown = api.get("/v1/admin/audit").json()
    assert [item["id"] for item in shown["items"]] == ["a2", "a1"]
    assert shown["next"] is None
    assert shown["items"][0] == {
        "id": "a2",
        "at": "2027-03-01T12:00:00.250Z",
        "actor": "operator/ann",
        "action": "lanes.wake",
        "what": "note",
        "tenant": "acme",
        "details": {"woken": 3},
    }


def test_a_page_leads_to_the_next() -> None:
    with operating() as api:
        given_lines(api, "a1", "a2", "a3")
        first = api.get("/v1/admin/audit?limit=2").json()
        second = api.get(f"/v1/admin/audit?limit=2&after={first['next']}").json()
    assert [item["id"] for item in first["items"] + second["items"]] == ["a3", "a2", "a1"]
    assert second["next"] is None


@pytest.mark.parametrize("kind", ["person", "client"])
def test_nobody_but_an_operator_may_look(kind: str) -> None:
    with operating() as api:
        api.token = api.issuer.token(kind=kind)
        answer = api.get("/v1/admin/audit")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert "is for others: operator." in answer.json()["detail"]


def test_without_a_token_nothing_is_told() -> None:
    with operating() as api:
        api.token = None
        assert api.get("/v1/admin/audit").status_code == 401
