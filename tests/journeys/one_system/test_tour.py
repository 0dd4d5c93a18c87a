"""From nothing to a community that is matched and mentored, as somebody sees it who types the commands."""

import asyncio
import json
import os
import signal
from http import HTTPStatus
from io import StringIO
from urllib.request import urlopen

import pytest
from rich.console import Console

from deploy.local.folders import locked
from deploy.local.processes import Child
from deploy.local.running import Running, found
from deploy.tour.command import take_first
from tests.journeys.one_system.place import PATIENCE, Place, Summary, check_said

pytestmark = pytest.mark.real

STEPS = {
    "An organization registers": ["OrganizationRegistered"],
    "It opens a program": ["ProgramPublished"],
    "Mentors come in by a file, as they described themselves": ["ApplicationApproved", "ContactCard", "Profile"],
    "Mentees come in by a file": ["ApplicationSubmitted", "ApplicationApproved", "ContactCard", "Profile"],
    "Somebody applies, and changes her mind": ["ApplicationWithdrawn", "Profile withdrawn"],
    "All of them are matched at once, as well as is possible": ["MatchRunCompleted", "NoMatchFound"],
    "And if they were matched otherwise?": ["MatchRunRequested", "MatchRunCompleted"],
    "The pairs are asked": ["MatchProposed"],
    "Both say yes": ["MatchAccepted", "RelationshipStarted"],
    "One seat, two who want it": ["MatchAccepted", "MatchSuperseded", "RelationshipStarted"],
    "One says no": ["MatchDeclined", "MatchProposed"],
    "A mentor needs a break": ["ParticipantPaused", "ParticipantResumed", "MatchWithdrawn"],
    "Pairs plan their sessions": ["SessionScheduled", "SessionRescheduled", "SessionCancelled", "NotificationSent"],
    "Some times cannot be": [],
    "A session is held": ["SessionCompleted", "ActionAssigned", "ActionCompleted", "SurveyInvited"],
    "How was it?": ["SurveyAnswered"],
    "Does the program work?": [],
    "The mail that went out": [],
    "What will happen by itself": [],
    "A day goes by": ["ReminderFired", "SurveyReminded", "NotificationSent"],
    "Nobody answers for a week": ["MatchAnswerAwaited", "MatchExpired", "MatchProposed", "NotificationSent"],
    "The session of that week is held": ["SessionCompleted", "SurveyInvited"],
    "Who never answers is taken out": ["ApplicationWithdrawn", "MatchWithdrawn"],
    "Two who were matched part": ["MatchUnwound", "RematchRequested", "RelationshipEndedEarly", "SessionCancelled"],
    "Two weeks, and some pairs have booked nothing": ["RelationshipAtRisk", "SurveyReminded"],
    "Six months": [],
}
"""Every step, with events that it must cause."""


def check_ready(running: Running, service: str) -> None:
    with urlopen(f"{running.services[service]}/readyz", timeout=5) as answer:  # noqa: S310 - of this system
        if answer.status != HTTPStatus.OK:
            raise LookupError(f"{service} says {answer.status}")


def test_a_first_start_takes_the_tour_and_tells_it(up: Child) -> None:
    told, _, welcome = up.log.read_text().partition("Ithaca runs")
    assert all(f"{number}  {name} ──" in told for number, name in enumerate(STEPS, start=1))
    assert "All of it happened" in told
    assert "intake        http://127.0.0.1:" in welcome


def test_the_tour_is_taken_at_the_first_start_only(place: Place, up: Child) -> None:
    output = StringIO()
    asyncio.run(take_first(found(place.home), Console(file=output)))
    assert output.getvalue() == ""


def test_the_mail_that_went_out_is_listed(place: Place, up: Child) -> None:
    listed = place.run("mail", "list", "--limit", "1000", "--json")
    assert any("session with" in mail["subject"] for mail in json.loads(listed.stdout))


def test_a_second_system_is_refused_while_one_runs(place: Place, up: Child) -> None:
    second = place.run("up")
    assert second.returncode == 1
    assert f"as process {up.pid}" in second.stderr


def test_a_service_that_dies_is_told_and_started_again_beside_the_rest(place: Place, up: Child) -> None:
    before = found(place.home).processes
    os.kill(before["sessions"], signal.SIGKILL)
    up.wait_until(lambda: check_said(up.log, "sessions was started again"), (LookupError,), PATIENCE)
    assert "sessions was ended by SIGKILL. From" in up.log.read_text()
    up.wait_until(lambda: check_ready(found(place.home), "sessions"), (OSError, LookupError), PATIENCE)
    now = found(place.home).processes
    assert now.pop("sessions") != before.pop("sessions")
    assert now == before


def test_every_step_of_the_tour_happens(summary: Summary) -> None:
    assert summary["ok"], summary
    assert [step["name"] for step in summary["steps"] if step["ok"]] == list(STEPS)


@pytest.mark.parametrize("name", STEPS)
def test_each_step_causes_its_events(summary: Summary, name: str) -> None:
    (events,) = (step["events"] for step in summary["steps"] if step["name"] == name)
    assert set(STEPS[name]) <= events.keys()


def test_the_community_is_matched_as_well_as_is_possible(summary: Summary) -> None:
    figures = {name: value for step in summary["steps"] for name, value in step["figures"].items()}
    assert (figures["mentors imported"], figures["mentees imported"]) == (48, 96)
    assert (figures["mentees"], figures["seats"], figures["pairs"]) == (72, 80, 70)
    assert figures["answers"] == [200, 409]
    assert figures["satisfaction"] == "fewer than 5 answers"


def test_what_was_there_before_has_survived_and_the_system_has_stopped(place: Place, summary: Summary) -> None:
    assert summary["steps"][0]["figures"] == {"organization": "sandbox-tour-2"}
    assert not place.is_left()


def test_a_start_that_is_interrupted_leaves_nothing_that_runs(place: Place, summary: Summary) -> None:
    up = place.up(until="topics and collections: making")
    os.kill(up.pid, signal.SIGTERM)
    up.finish(PATIENCE)
    with locked(place.home / "mongo", "a test"), locked(place.home / "kafka", "a test"), locked(place.home, "a test"):
        assert not place.is_left()
