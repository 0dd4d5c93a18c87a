from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.operate import lanes, timers
from shared.clock import rfc3339
from tests.deploy.operate.speaking import NAMES, Json, Speaking
from tests.deploy.operate.told import page


def lane(**changed: Any) -> Json:
    told = {
        "id": "northlight/enter_pool/person/01a3",
        "tenant": "northlight",
        "handler": "enter_pool",
        "lane": "person/01a3",
        "messages": 3,
        "waiting_for": None,
        "attempts": 2,
        "error": "KeyError",
        "parked_at": "2027-01-19T19:22:54.090Z",
        "wake_at": rfc3339(datetime.now(UTC) + timedelta(minutes=10)),
    }
    return told | changed


def timer(id: str, due: datetime) -> Json:
    return {"id": id, "tenant": "northlight", "type": "expire", "due": rfc3339(due), "overdue_seconds": None}


@pytest.fixture
def services(services: Speaking) -> Speaking:
    """Nothing waits."""
    for name in NAMES:
        services.say(name, "/lanes", page())
        services.say(name, "/timers", page())
        services.say(name, "/lanes/wake", {"woken": 0}, "POST")
    return services


def test_a_lane_is_shown_with_why_it_waits_and_until_when(services: Speaking) -> None:
    services.say("matching", "/lanes", page(lane(), lane(waiting_for="person/01a3", wake_at=None, error=None)))
    output = services.run(lanes.app).output
    assert (
        "matching northlight enter_pool person/01a3\n  3 waiting; the first failed at attempt 2, tried again in 10m"
        in output
    )
    assert "the first waits for person/01a3, after a rebuild" in output
    assert "\n  KeyError\n" in output


def test_that_nothing_waits_is_said(services: Speaking) -> None:
    assert services.run(lanes.app, "--tenant", "northlight").output == "Nothing waits.\n"
    assert services.run(timers.app).output == "Nothing is planned.\n"


def test_what_waits_can_be_tried_now(services: Speaking) -> None:
    services.say("matching", "/lanes/wake", {"woken": 2}, "POST")
    result = services.run(lanes.app, "wake", "--handler", "enter_pool")
    assert (result.exit_code, result.output) == (0, "Tried now: 2.\n")
    assert services.posted()[0].body == {"handler": "enter_pool"}


def test_timers_of_all_services_are_shown_the_soonest_first(services: Speaking) -> None:
    now = datetime.now(UTC)
    services.say("intake", "/timers", page(timer("remind/c", now + timedelta(days=3, minutes=1))))
    late = timer("expire/a", now - timedelta(minutes=5, seconds=1))
    services.say("matching", "/timers", page(late, timer("expire/b", now + timedelta(hours=2, minutes=1))))
    lines = services.run(timers.app, width=40).output.splitlines()
    assert [line.split()[-1] for line in lines] == ["expire/a", "expire/b", "remind/c"]
    assert "5m late" in lines[0]
    assert "in 2h" in lines[1]
    assert len(services.run(timers.app, "--limit", "2").output.splitlines()) == 2
