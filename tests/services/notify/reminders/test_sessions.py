"""When people are reminded of sessions: on the engine in memory, whose time is moved by hand."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from services.notify.messages.model.notification import Notification, NotificationStatus
from services.notify.reminders.model import Reminder, RemindOfSession
from shared.contracts.event import Event
from shared.contracts.notify import ReminderFired
from tests.scenario import START, Scenario
from tests.services.notify.harbor import (
    CANCELLED,
    DAY,
    HOUR,
    MINUTE,
    SCHEDULED,
    SOON,
    at,
    harbor,
    moved,
    notified,
    scheduled,
)
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import sent


def planned(scenario: Scenario) -> dict[str, datetime]:
    """The reminders that wait."""
    return {id: due for id, due in scenario.planned().items() if id.startswith("remind/")}


def before(start: datetime, *minutes: int) -> dict[str, datetime]:
    """The reminders of both, so many minutes before the session."""
    return {f"remind/s1/{id}/{count}": start - count * MINUTE for id in ("ada", "ben") for count in minutes}


def reminders(scenario: Scenario) -> list[Notification]:
    return [item for item in notified(scenario) if item.draft.template == "session_reminder"]


def fired(scenario: Scenario) -> list[tuple[str, datetime]]:
    found = [event for event in scenario.events() if isinstance(event, ReminderFired)]
    return [(event.reminder_id, event.due_at) for event in found]


def test_both_are_reminded_a_day_an_hour_and_a_quarter_of_an_hour_before() -> None:
    assert planned(harbor(SCHEDULED)) == before(SOON, 1440, 60, 15)


@pytest.mark.parametrize(("ahead", "minutes"), [(DAY, (60, 15)), (59 * MINUTE, (15,)), (15 * MINUTE, ()), (-HOUR, ())])
def test_a_reminder_whose_time_has_passed_is_not_planned(ahead: timedelta, minutes: tuple[int, ...]) -> None:
    soon = START + ahead
    assert planned(harbor(scheduled(starts_at=soon, ends_at=soon + HOUR))) == before(soon, *minutes)


def test_every_reminder_fires_at_its_time_and_is_a_message_of_its_own() -> None:
    scenario = harbor(SCHEDULED)
    scenario.advance(2 * DAY - MINUTE)
    assert fired(scenario) == []
    for minutes, wait in ((1440, MINUTE), (60, 23 * HOUR), (15, 45 * MINUTE)):
        scenario.advance(wait)
        assert dict(fired(scenario)[-2:]) == before(SOON, minutes)
    assert len(reminders(scenario)) == len({item.id for item in reminders(scenario)}) == 6
    assert planned(scenario) == {}


def test_a_reminder_keeps_when_it_fired() -> None:
    scenario = harbor(SCHEDULED).advance(2 * DAY)
    assert scenario.get(Reminder, "remind/s1/ada/1440").fired_at == START + 2 * DAY


def test_a_reminder_names_the_event_that_gave_the_session_its_time() -> None:
    scenario = harbor(SCHEDULED)
    (invitation,) = {item.event_id for item in notified(scenario)}
    scenario.advance(3 * DAY)
    assert {item.event_id for item in reminders(scenario)} == {invitation}


def test_each_reminder_is_of_use_until_the_next_one_and_the_last_until_the_session_begins() -> None:
    drafts = {item.draft.minutes: item.draft for item in reminders(harbor(SCHEDULED).advance(3 * DAY - MINUTE))}
    for minutes, until in ((1440, SOON - HOUR), (60, SOON - 15 * MINUTE), (15, SOON)):
        assert not drafts[minutes].is_late(until - MINUTE)
        assert drafts[minutes].is_late(until)


def test_after_a_standstill_the_latest_reminder_fires_alone() -> None:
    scenario = harbor(SCHEDULED)
    timers = [timer_of(scenario, f"remind/s1/ben/{minutes}") for minutes in (1440, 60, 15)]
    at(scenario, SOON - scenario.now - 10 * MINUTE)
    for timer in timers:
        scenario.when(timer)
    assert [id for id, _ in fired(scenario)] == ["remind/s1/ben/15"]


def test_reminders_that_a_mail_server_did_not_take_for_a_day_do_not_come_all_at_once(postmaster: Postmaster) -> None:
    scenario = harbor(SCHEDULED)
    sent(scenario, postmaster)
    scenario.advance(3 * DAY - 10 * MINUTE)
    subjects = [str(mail["Subject"]) for mail in sent(scenario, postmaster)]
    assert [subject.partition(":")[0] for subject in subjects] == ["In a few minutes"] * 2
    statuses = Counter(item.status for item in reminders(scenario))
    assert statuses == {NotificationStatus.OUTDATED: 4, NotificationStatus.SENT: 2}


def test_each_reminder_says_how_near_the_session_is(postmaster: Postmaster) -> None:
    scenario = harbor(SCHEDULED)
    sent(scenario, postmaster)
    said = [
        {str(mail["Subject"]).partition(":")[0] for mail in sent(scenario.advance(wait), postmaster)}
        for wait in (2 * DAY, 23 * HOUR, 45 * MINUTE)
    ]
    assert said == [{"Tomorrow"}, {"Within the hour"}, {"In a few minutes"}]


def test_moving_a_session_replaces_its_reminders() -> None:
    assert planned(harbor(SCHEDULED, moved(by=2 * DAY))) == before(SOON + 2 * DAY, 1440, 60, 15)


def test_moving_a_session_closer_leaves_no_reminder_of_the_old_time() -> None:
    closer = START + 2 * HOUR
    assert planned(harbor(SCHEDULED, moved(by=closer - SOON))) == before(closer, 60, 15)


def test_a_session_that_is_moved_after_a_reminder_is_reminded_of_again() -> None:
    scenario = harbor(SCHEDULED).advance(2 * DAY)
    scenario.when(moved(by=7 * DAY))
    assert planned(scenario) == before(SOON + 7 * DAY, 1440, 60, 15)
    scenario.advance(7 * DAY)
    assert [due for _, due in fired(scenario)] == [SOON - DAY] * 2 + [SOON + 6 * DAY] * 2
    assert len({item.id for item in reminders(scenario)}) == 4


def test_cancelling_a_session_cancels_its_reminders() -> None:
    scenario = harbor(SCHEDULED, CANCELLED)
    assert planned(scenario) == {}
    assert fired(scenario.advance(4 * DAY)) == []


@pytest.mark.parametrize("change", [CANCELLED, moved(by=DAY)])
def test_a_reminder_of_what_has_changed_says_nothing(change: Event) -> None:
    scenario = harbor(SCHEDULED)
    timer = timer_of(scenario, "remind/s1/ben/60")
    scenario.when(change)
    at(scenario, SOON - scenario.now - HOUR).when(timer)
    assert fired(scenario) == []
    assert reminders(scenario) == []


def test_a_reminder_that_fires_after_the_session_has_begun_says_nothing() -> None:
    scenario = harbor(SCHEDULED)
    timer = timer_of(scenario, "remind/s1/ben/60")
    at(scenario, SOON - scenario.now).when(timer)
    assert fired(scenario) == []


def timer_of(scenario: Scenario, id: str) -> RemindOfSession:
    """A timer as it is stored."""
    row = scenario.loop.run_until_complete(scenario.store.get("timers", [f"{scenario.tenant}/{id}"]))
    return RemindOfSession.model_validate_json(row[f"{scenario.tenant}/{id}"]["data"])


def test_a_reminder_of_the_night_comes_in_the_morning_if_that_is_early_enough() -> None:
    late = START + 3 * DAY + 13 * HOUR  # 23:00 for both
    scenario = harbor(scheduled(starts_at=late, ends_at=late + HOUR)).advance(2 * DAY + 13 * HOUR)
    assert {item.send_at for item in reminders(scenario)} == {late - 15 * HOUR}
    scenario.advance(23 * HOUR)
    assert {item.send_at for item in reminders(scenario)} == {late - 15 * HOUR, late - HOUR}
