"""Who is notified of what, and when: the notify service on the engine in memory."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.notify.messages.model.notification import NotificationStatus
from services.notify.messages.model.progress import Progress
from shared.contracts.event import Contract, Event
from shared.engine.authoring.context import NotYet
from tests.scenario import START, Scenario
from tests.services.notify.harbor import (
    ACCEPTED,
    ADA,
    ADAS_CARD,
    ANSWERED,
    APPROVED,
    BEN,
    BENS_CARD,
    CANCELLED,
    DAY,
    DECLINED_BY_MENTEE,
    DECLINED_BY_MENTOR,
    EXPIRED,
    HOUR,
    INVITED,
    LEFT,
    MATCH_WITHDRAWN,
    MINUTE,
    ORGANIZATION,
    PROPOSED,
    PUBLISHED,
    REMINDED,
    SCHEDULED,
    SOON,
    SUBMITTED,
    SUPERSEDED,
    UNWOUND,
    WITHDRAWN,
    at,
    harbor,
    moved,
    notified,
    scheduled,
    wake,
)

NOW = timedelta()


def sayings(scenario: Scenario) -> list[tuple[str, str]]:
    return [(notification.person_id, notification.draft.template) for notification in notified(scenario)]


def asked(scenario: Scenario) -> list[str]:
    """The notifications that are handed over to be sent."""
    return sorted(row["_id"].partition("/")[2] for row in scenario.asked())


def sends(scenario: Scenario) -> set[object]:
    """When messages are planned to be sent."""
    return {due for id, due in scenario.planned().items() if id.startswith("send/")}


@pytest.mark.parametrize(
    ("event", "ada", "ben"),
    [
        (SUBMITTED, None, "application_received"),
        (APPROVED, None, "application_approved"),
        (PROPOSED, "match_proposed_to_mentor", "match_proposed_to_mentee"),
        (ACCEPTED, "match_accepted", "match_accepted"),
        (DECLINED_BY_MENTOR, None, "match_declined"),
        (DECLINED_BY_MENTEE, "match_declined", "match_declined"),
        (EXPIRED, "match_expired", "match_expired"),
        (UNWOUND, "match_unwound", "match_unwound"),
        (SCHEDULED, "session_scheduled", "session_scheduled"),
        (moved(by=DAY), "session_rescheduled", "session_rescheduled"),
        (CANCELLED, "session_cancelled", "session_cancelled"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Event) else str(value),
)
def test_an_event_is_told_to_those_whom_it_concerns(event: Event, ada: str | None, ben: str) -> None:
    scenario = harbor(event)
    assert sayings(scenario) == [(id, template) for id, template in ((ADA, ada), (BEN, ben)) if template]
    assert sends(scenario) == {START}
    scenario.advance(NOW)
    assert asked(scenario) == sorted(notification.id for notification in notified(scenario))


@pytest.mark.parametrize(("event", "template"), [(INVITED, "feedback_requested"), (REMINDED, "feedback_reminder")])
def test_a_request_for_feedback_names_whom_the_session_was_with(event: Event, template: str) -> None:
    scenario = harbor(scheduled(starts_at=START - HOUR, ends_at=START), event)
    (notification,) = notified(scenario)
    assert (notification.draft.template, notification.draft.people) == (template, [BEN, ADA])


def test_a_request_for_feedback_need_not_wait_until_the_session_is_known() -> None:
    assert sayings(harbor(INVITED)) == [(BEN, "feedback_requested")]


def test_an_event_that_is_published_again_with_another_id_is_told_once() -> None:
    scenario = harbor(PROPOSED)
    before = notified(scenario)
    scenario.advance(HOUR).when(PROPOSED)
    assert [(item.id, item.event_id, item.queued_at) for item in notified(scenario)] == [
        (item.id, item.event_id, item.queued_at) for item in before
    ]
    assert sends(scenario) == set()
    assert len(asked(scenario)) == 2


def test_a_notification_names_its_event_and_when_it_was_queued() -> None:
    scenario = harbor()
    (message,) = scenario.messages(APPROVED, "service/intake")
    scenario.loop.run_until_complete(scenario.executor.handle([message]))
    (notification,) = notified(scenario)
    assert (notification.event_id, notification.queued_at) == (message.id, START)


@pytest.mark.parametrize("late", [BENS_CARD, ADAS_CARD, PUBLISHED, ORGANIZATION])
def test_a_message_waits_for_all_that_it_names(late: Contract) -> None:
    scenario = harbor(PROPOSED, without=(late,))
    for _ in notified(scenario):
        with pytest.raises(NotYet):
            scenario.advance(NOW)
    assert asked(scenario) == []
    scenario.when(late)
    wake(scenario)
    assert asked(scenario) == sorted(notification.id for notification in notified(scenario))


def test_a_message_to_one_does_not_wait_for_the_card_of_another() -> None:
    scenario = harbor(without=(ADAS_CARD,))
    scenario.when(APPROVED)
    assert len(asked(scenario.advance(NOW))) == 1


def test_a_message_of_the_night_is_sent_in_the_morning_where_the_person_lives() -> None:
    scenario = at(harbor(), 13 * HOUR)  # 23:00 in Berlin and in Lagos, both one hour ahead of UTC in winter
    scenario.when(BENS_CARD.model_copy(update={"time_zone": "America/New_York"}))
    scenario.when(ACCEPTED)
    scenario.advance(NOW)
    to_ada, to_ben = notified(scenario)
    assert asked(scenario) == [to_ben.id]
    assert to_ada.send_at == START + 22 * HOUR
    assert sends(scenario) == {START + 22 * HOUR}
    scenario.advance(9 * HOUR - MINUTE)
    assert asked(scenario) == [to_ben.id]
    scenario.advance(MINUTE)
    assert asked(scenario) == sorted([to_ada.id, to_ben.id])


def test_who_has_moved_to_where_it_is_night_waits_for_the_morning_there() -> None:
    scenario = at(harbor(), 13 * HOUR)
    scenario.when(APPROVED)
    scenario.advance(NOW).when(BENS_CARD.model_copy(update={"time_zone": "America/Los_Angeles"}))
    scenario.advance(9 * HOUR)  # 08:00 in Berlin, 23:00 in Los Angeles
    assert asked(scenario) == []
    assert sends(scenario) == {START + DAY + 7 * HOUR}
    scenario.advance(9 * HOUR)
    assert len(asked(scenario)) == 1


def test_what_is_due_within_twelve_hours_is_sent_by_night() -> None:
    tonight = START + 13 * HOUR
    scenario = at(harbor(), 13 * HOUR)
    scenario.when(scheduled(starts_at=tonight + 8 * HOUR, ends_at=tonight + 9 * HOUR))
    assert len(asked(scenario.advance(NOW))) == 2


@pytest.mark.parametrize("by", [30 * DAY, -2 * HOUR])
def test_a_session_of_the_next_morning_is_called_off_by_night_wherever_it_is_moved_to(by: timedelta) -> None:
    scenario = harbor(SCHEDULED).advance(NOW)
    before = len(asked(scenario))
    at(scenario, SOON - scenario.now - 11 * HOUR).when(moved(by))
    assert len(asked(scenario.advance(NOW))) == before + 2


def test_a_session_that_was_recorded_afterwards_is_told_to_nobody() -> None:
    recorded = {"starts_at": START - HOUR, "ends_at": START}
    scenario = harbor(scheduled(**recorded), CANCELLED.model_copy(update=recorded))
    assert notified(scenario) == []
    assert scenario.planned() == {}


def test_a_session_that_is_moved_from_the_future_into_the_past_is_told() -> None:
    assert len(sayings(harbor(moved(by=START - SOON - DAY)))) == 2


@pytest.mark.parametrize(
    "order", [*permutations((SCHEDULED, moved(by=DAY), CANCELLED.model_copy(update={"revision": 2})))]
)
def test_sessions_end_up_the_same_in_whatever_order_their_events_come(order: tuple[Event, ...]) -> None:
    scenario = harbor(*order)
    assert [id for id in scenario.planned() if id.startswith("remind/")] == []
    assert scenario.get(Progress, "session/s1").stage == 2
    cancelled = [item for item in notified(scenario) if item.draft.template == "session_cancelled"]
    assert len(cancelled) == 2


@pytest.mark.parametrize("event", [SUPERSEDED, MATCH_WITHDRAWN, DECLINED_BY_MENTOR, EXPIRED, ACCEPTED, UNWOUND])
def test_a_proposal_that_came_too_late_is_not_even_queued(event: Event) -> None:
    templates = {template for _, template in sayings(harbor(event, PROPOSED))}
    assert not templates & {"match_proposed_to_mentor", "match_proposed_to_mentee"}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (SUBMITTED, APPROVED),
        (SUBMITTED, WITHDRAWN),
        (APPROVED, LEFT),
        (PROPOSED, SUPERSEDED),
        (PROPOSED, MATCH_WITHDRAWN),
        (ACCEPTED, UNWOUND),
    ],
)
def test_what_has_gone_on_is_further_than_what_was_to_be_said(first: Event, then: Event) -> None:
    scenario = harbor(first)
    notification = notified(scenario)[0]
    scenario.when(then)
    progress = scenario.get(Progress, notification.draft.subject)
    assert progress.outdates(notification.draft)
    assert notification.status is NotificationStatus.QUEUED


def test_a_reminder_outdates_the_request_for_feedback_and_the_answer_outdates_both() -> None:
    scenario = harbor(scheduled(starts_at=START - HOUR, ends_at=START), INVITED)
    outdated = []
    for event in (REMINDED, ANSWERED):
        scenario.when(event)
        progress = scenario.get(Progress, "invitation/i1")
        outdated.append({item.draft.template for item in notified(scenario) if progress.outdates(item.draft)})
    assert outdated == [{"feedback_requested"}, {"feedback_requested", "feedback_reminder"}]
