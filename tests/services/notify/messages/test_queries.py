"""What can be read of notifications, and by whom."""

from collections.abc import Iterator

import pytest

from tests.scenario import Scenario
from tests.services.notify.harbor import ACCEPTED, APPROVED, HOUR, PROPOSED, harbor, notified
from tests.shared.web.api import Api, asking


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Ben was approved by day, and matched by night; nothing was sent yet."""
    scenario = harbor(APPROVED).advance(13 * HOUR)
    scenario.when(PROPOSED)
    scenario.when(ACCEPTED)
    return scenario.advance(HOUR)


@pytest.fixture(scope="module")
def api(scenario: Scenario) -> Iterator[Api]:
    """What notify shows of it."""
    with asking(scenario) as found:
        yield found


@pytest.fixture(scope="module")
def approval(scenario: Scenario) -> str:
    """The id of the message that Ben was approved."""
    return next(item.id for item in notified(scenario) if item.draft.template == "application_approved")


def as_person(api: Api, id: str) -> None:
    api.token = api.issuer.token(kind="person", sub=id)


def as_client(api: Api, tenant: str = "acme") -> None:
    api.token = api.issuer.token(kind="client", sub="hr", tenant=tenant)


def test_a_notification_is_shown_without_what_it_says(api: Api, scenario: Scenario, approval: str) -> None:
    as_person(api, "ben")
    answer = api.get(f"/v1/notifications/{approval}")
    (event_id,) = {item.event_id for item in notified(scenario) if item.id == approval}
    assert answer.json() == {
        "id": approval,
        "version": 1,
        "person_id": "ben",
        "program_id": "p1",
        "template": "application_approved",
        "channel": "email",
        "status": "queued",
        "event_id": event_id,
        "queued_at": "2027-01-04T09:00:00Z",
        "send_at": "2027-01-04T09:00:00Z",
        "completed_at": None,
        "reason": "",
    }
    assert answer.headers["ETag"] == '"1"'


def test_a_message_that_waits_for_the_morning_says_until_when(api: Api) -> None:
    as_person(api, "ada")
    items = api.get("/v1/people/ada/notifications").json()["items"]
    assert {item["template"]: item["send_at"] for item in items} == {
        "match_proposed_to_mentor": "2027-01-05T07:00:00Z",
        "match_accepted": "2027-01-05T07:00:00Z",
    }


@pytest.mark.parametrize("kind", ["client", "operator"])
def test_clients_and_operators_see_the_messages_to_everybody(api: Api, kind: str, approval: str) -> None:
    api.token = api.issuer.token(kind=kind, sub="hr")
    assert len(api.get("/v1/people/ada/notifications").json()["items"]) == 2
    assert len(api.get("/v1/people/ben/notifications").json()["items"]) == 3
    assert api.get(f"/v1/notifications/{approval}").status_code == 200


def test_people_see_no_messages_to_others(api: Api, approval: str) -> None:
    as_person(api, "ada")
    assert api.get("/v1/people/ben/notifications").status_code == 404
    assert api.get(f"/v1/notifications/{approval}").status_code == 404


def test_a_notification_that_does_not_exist_is_not_found(api: Api) -> None:
    as_person(api, "ben")
    assert api.get("/v1/notifications/nothing").status_code == 404


def test_notifications_are_read_page_by_page(api: Api) -> None:
    as_person(api, "ben")
    first = api.get("/v1/people/ben/notifications", params={"limit": 2}).json()
    second = api.get("/v1/people/ben/notifications", params={"limit": 2, "after": first["next"]}).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert len({item["id"] for item in first["items"] + second["items"]}) == 3


def test_another_tenant_finds_nothing(api: Api, approval: str) -> None:
    as_client(api, tenant="globex")
    assert api.get("/v1/people/ben/notifications").json() == {"items": [], "next": None}
    assert api.get(f"/v1/notifications/{approval}").status_code == 404
