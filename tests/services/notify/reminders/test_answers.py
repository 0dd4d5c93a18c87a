"""Who has not answered a proposal is reminded of it, by each event that says so, until it is answered."""

from datetime import timedelta

import pytest

from services.notify.messages.model.notification import NotificationStatus
from shared.contracts.event import Event
from shared.contracts.intake import Role
from tests.scenario import START, Scenario
from tests.services.notify.harbor import (
    ACCEPTED,
    ADA,
    ADAS_CARD,
    BEN,
    DAY,
    EXPIRED,
    HOUR,
    MATCH_WITHDRAWN,
    PROPOSED,
    SUPERSEDED,
    at,
    awaited,
    harbor,
    notified,
)
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import sent, text

NOW = timedelta()


def reminded(scenario: Scenario) -> list[str]:
    """Whom a reminder is for, one for each."""
    return [item.person_id for item in notified(scenario) if item.draft.template == "match_reminder"]


@pytest.mark.parametrize(
    ("roles", "people"),
    [((Role.MENTOR,), [ADA]), ((Role.MENTEE,), [BEN]), ((Role.MENTOR, Role.MENTEE), [ADA, BEN]), ((), [])],
)
def test_only_who_has_not_answered_is_reminded(roles: tuple[Role, ...], people: list[str]) -> None:
    scenario = at(harbor(PROPOSED), 2 * DAY)
    scenario.when(awaited(*roles))
    assert reminded(scenario.advance(NOW)) == people


def test_there_is_a_reminder_for_each_time_that_an_answer_is_awaited() -> None:
    scenario = at(harbor(PROPOSED), 2 * DAY)
    scenario.when(awaited(Role.MENTEE))
    scenario.advance(3 * DAY).when(awaited(Role.MENTEE))
    assert reminded(scenario.advance(NOW)) == [BEN, BEN]


def test_a_reminder_that_was_not_sent_before_the_next_one_came_is_not_sent_any_more(postmaster: Postmaster) -> None:
    scenario = at(harbor(PROPOSED), 2 * DAY)
    scenario.when(awaited(Role.MENTEE))
    scenario.advance(3 * DAY).when(awaited(Role.MENTEE))
    subjects = [str(mail["Subject"]) for mail in sent(scenario.advance(NOW), postmaster)]
    assert len([subject for subject in subjects if subject.startswith("Reminder")]) == 1


def test_the_same_reminder_that_is_published_again_is_said_once() -> None:
    scenario = at(harbor(PROPOSED), 2 * DAY)
    for _ in range(2):
        scenario.when(awaited(Role.MENTEE))
    assert reminded(scenario.advance(NOW)) == [BEN]


def test_a_reminder_may_come_before_the_proposal() -> None:
    scenario = at(harbor(awaited(Role.MENTEE)), HOUR)
    scenario.when(PROPOSED)
    assert "match_proposed_to_mentee" in {item.draft.template for item in notified(scenario)}


@pytest.mark.parametrize("event", [ACCEPTED, EXPIRED, SUPERSEDED, MATCH_WITHDRAWN], ids=lambda event: event.about.name)
def test_nobody_is_reminded_of_a_proposal_that_is_closed(event: Event) -> None:
    scenario = at(harbor(PROPOSED, event), 2 * DAY)
    scenario.when(awaited(Role.MENTEE))
    assert reminded(scenario.advance(NOW)) == []


def test_a_reminder_of_the_night_is_sent_in_the_morning_unless_the_answer_is_due_before() -> None:
    scenario = at(harbor(PROPOSED), 2 * DAY + 13 * HOUR)
    scenario.when(awaited(Role.MENTEE))
    scenario.advance(NOW)
    scenario.advance(4 * DAY).when(awaited(Role.MENTEE))
    scenario.advance(NOW)
    first, last = (item for item in notified(scenario) if item.draft.template == "match_reminder")
    assert sorted([first.send_at, last.send_at]) == [START + 2 * DAY + 22 * HOUR, START + 6 * DAY + 13 * HOUR]


def test_a_reminder_that_has_waited_is_not_sent_once_the_proposal_is_closed(postmaster: Postmaster) -> None:
    scenario = at(harbor(PROPOSED), 2 * DAY + 13 * HOUR)
    scenario.when(awaited(Role.MENTEE))
    scenario.advance(NOW).when(EXPIRED)
    sent(scenario.advance(12 * HOUR), postmaster)
    (reminder,) = (item for item in notified(scenario) if item.draft.template == "match_reminder")
    assert reminder.status is NotificationStatus.OUTDATED


def test_a_reminder_says_until_when_to_answer_where_its_reader_lives(postmaster: Postmaster) -> None:
    scenario = harbor(PROPOSED)
    sent(scenario, postmaster)
    at(scenario, 2 * DAY + 6 * HOUR).when(ADAS_CARD.model_copy(update={"time_zone": "America/New_York"}))
    scenario.when(awaited(Role.MENTOR, Role.MENTEE))
    to_ada, to_ben = sent(scenario, postmaster)
    assert to_ada["Subject"] == "Reminder: would you like Ben Weiß as your mentee?"
    assert to_ben["Subject"] == "Reminder: would you like Ada Okafor as your mentor?"
    assert "by Monday, January 11, 2027, 4:00 AM (America/New_York, GMT-05:00)" in text(to_ada)
    assert "by Monday, January 11, 2027, 10:00 AM (Europe/Berlin, GMT+01:00)" in text(to_ben)
    assert "Accept or decline: https://mentoring.example/app/matches/m1\n" in text(to_ben)
