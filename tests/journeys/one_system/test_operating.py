"""A real system, looked into and put right by its operator, as somebody does it who types the commands."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from deploy.deployment import service_names
from deploy.local.processes import Child
from deploy.local.running import Running, found
from deploy.tour.onboarding import SLUG
from tests.journeys.one_system.place import PATIENCE, Place

pytestmark = pytest.mark.real

SERVICES = service_names()


@pytest.fixture(scope="module", autouse=True)
def rebuilding(place: Place, up: Child) -> Iterator["subprocess.Popen[str]"]:
    """A read model is built anew while all else is tried here, since that takes a minute of waiting."""
    with place.begin("rebuild", "evaluation", "match_fact") as rebuilding:
        yield rebuilding


def told(place: Place, *words: str) -> Any:
    """What a command prints as JSON."""
    result = place.run(*words, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def events(place: Place, *words: str) -> list[dict[str, Any]]:
    """Events, each a line of JSON."""
    result = place.run("events", *words, "--json")
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


async def publish_what_cannot_be_read(running: Running) -> None:
    """An approval without a person, on intake's topic."""
    attributes = {
        "specversion": "1.0",
        "id": "not-ours",
        "source": "somebody",
        "type": "ithaca.intake.ApplicationApproved.v1",
        "time": datetime.now(UTC).isoformat(),
        "tenant": SLUG,
    }
    headers = [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
    producer = AIOKafkaProducer(bootstrap_servers=running.kafka_bootstrap)
    await producer.start()
    await producer.send_and_wait(f"{running.cell}.intake", b'{"person_id": 1}', f"{SLUG}/x".encode(), headers=headers)
    await producer.stop()


def dead_letters(place: Place) -> list[str]:
    """The names of those that matching has, once it has one."""
    for _ in range(20):
        letters = told(place, "deadletters", "list", "--service", "matching")
        if letters:
            return [f"matching/{letter['tenant']}/{letter['id']}" for letter in letters]
    raise AssertionError("matching has buried nothing")


def test_every_service_is_well_and_says_what_it_does(place: Place) -> None:
    shown = place.run("status")
    assert shown.returncode == 0, shown.stdout
    assert [line.split()[1] for line in shown.stdout.splitlines() if line[:1] in "●▲"] == SERVICES
    said = told(place, "status")
    assert all(said[name]["replicas"][0]["role"] == "all" for name in SERVICES)


def test_all_that_has_happened_is_told_once_and_in_order(place: Place) -> None:
    found = events(place, "--since", "1h", "--tenant", SLUG)
    assert len({event["id"] for event in found}) == len(found) > 500
    assert {event["service"] for event in found} == set(SERVICES) - {"console"}, "the console only shows"
    for service in SERVICES:
        own = [event["sequence"] for event in found if event["service"] == service and "program" in event["subject"]]
        assert own == sorted(own)


def test_what_a_yes_has_caused_is_a_tree_over_services(place: Place) -> None:
    accepted = events(place, "--type", "MatchAccepted")[-1]
    lines = place.run("events", "--trace", accepted["id"]).stdout.splitlines()
    (cause,) = [number for number, line in enumerate(lines) if accepted["id"][-6:] in line]
    assert "matching MatchAccepted" in lines[cause]
    assert "sessions RelationshipStarted" in lines[cause + 1]
    assert lines[cause + 1].index("+") > lines[cause].index("+")


def test_a_service_that_hangs_is_told_within_seconds(place: Place) -> None:
    notify = found(place.home).processes["notify"]
    os.kill(notify, signal.SIGSTOP)
    try:
        shown = place.run("status")
    finally:
        os.kill(notify, signal.SIGCONT)
    assert shown.returncode == 1
    assert "✗ notify gives no answer" in " ".join(shown.stdout.split())
    assert "● matching" in shown.stdout
    assert "logs/notify.log" in shown.stdout.replace("\n  ", "")


def test_what_cannot_be_read_is_found_looked_at_and_thrown_away(place: Place) -> None:
    asyncio.run(publish_what_cannot_be_read(found(place.home)))
    (name,) = dead_letters(place)
    assert "matching: dead letters (1), `ithaca deadletters list" in place.run("status").stdout
    assert '"person_id": 1' in place.run("deadletters", "show", name).stdout
    refused = place.run("deadletters", "replay", name)
    assert refused.returncode == 1
    assert f"{name} is not replayed: " in refused.stderr
    assert place.run("deadletters", "discard", name).stdout == "1 discarded.\n"
    assert told(place, "deadletters", "list", "--service", "matching") == []


def test_stored_events_are_published_once_more_for_a_group(place: Place) -> None:
    count = len(events(place, "--type", "MatchAccepted", "--since", "1h"))
    words = ("replay", "matching", "--group", "warehouse", "--type", "MatchAccepted")
    for _ in range(2):
        replayed = place.run(*words)
        assert replayed.returncode == 0, replayed.stderr
        assert replayed.stdout.endswith(f".matching.replay.warehouse: {count} events\n")
    (listed,) = [one for one in told(place, "replay", "matching") if one["group"] == "warehouse"]
    assert (listed["state"], listed["published"]) == ("done", count)


def test_a_group_of_the_system_itself_gets_no_replay(place: Place) -> None:
    refused = place.run("replay", "matching", "--group", "matching")
    assert refused.returncode == 1
    assert refused.stderr.startswith("matching: matching is the name of a service")


def test_a_read_model_is_built_anew_and_switched(place: Place, rebuilding: "subprocess.Popen[str]") -> None:
    said, complaint = rebuilding.communicate(timeout=PATIENCE)
    assert rebuilding.returncode == 0, said + complaint
    assert "match_fact is read at generation 1" in said
    (model,) = [model for model in told(place, "rebuild", "evaluation") if model["name"] == "match_fact"]
    assert (model["generation"], model["state"]) == (1, "live")


def test_topics_are_as_they_should_be(place: Place) -> None:
    topics = told(place, "topics")
    assert {topic["service"] for topic in topics} == set(SERVICES)
    assert not [topic["differences"] for topic in topics if topic["differences"]]


def test_nothing_is_late_and_nothing_waits(place: Place) -> None:
    assert not [timer for timer in told(place, "timers") if timer["overdue_seconds"]]
    assert place.run("lanes").stdout == "Nothing waits.\n"
