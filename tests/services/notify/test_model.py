from datetime import timedelta

import pytest

from services.notify.drafts import about_match, about_proposal, about_session
from services.notify.model import Draft, Notification, NotificationStatus, Progress, Template
from shared.contracts.notify import NotificationFailed, NotificationSent
from shared.ids import PersonId
from tests.scenario import START
from tests.services.notify.harbor import ACCEPTED, ADA, BEN, DAY, HOUR, PROPOSED, SCHEDULED, SOON, moved

TO_ADA, TO_BEN = about_session(SCHEDULED)


def queued() -> Notification:
    notification = Notification(id=TO_BEN.id)
    assert notification.queue(TO_BEN, "e1", at=START)
    return notification


def test_the_same_event_person_template_and_channel_are_the_same_message() -> None:
    assert TO_BEN.id == about_session(SCHEDULED.model_copy())[1].id


@pytest.mark.parametrize(
    "other",
    [
        TO_ADA,
        about_session(moved(by=DAY))[1].model_copy(update={"template": TO_BEN.template}),
        TO_BEN.model_copy(update={"template": Template.SESSION_REMINDER}),
        TO_BEN.model_copy(update={"minutes": 60}),
        TO_BEN.model_copy(update={"subject": "session/s2"}),
    ],
)
def test_another_event_person_template_or_reminder_is_another_message(other: Draft) -> None:
    assert other.id != TO_BEN.id


def test_a_message_is_addressed_to_one_and_names_the_other() -> None:
    assert (TO_ADA.people, TO_BEN.people) == ([ADA, BEN], [BEN, ADA])
    assert (TO_ADA.role, TO_BEN.role) == ("mentor", "mentee")


@pytest.mark.parametrize("draft", [*about_proposal(PROPOSED), TO_ADA])
def test_a_message_is_late_when_all_its_times_have_passed(draft: Draft) -> None:
    assert not draft.is_late(max(draft.times) - HOUR)
    assert draft.is_late(max(draft.times))


def test_a_message_without_a_time_is_never_late_or_urgent() -> None:
    (draft, _) = about_match(ACCEPTED)
    assert not draft.is_late(START + 999 * DAY)
    assert draft.urgent_by(START) is None


def test_a_move_is_urgent_by_the_next_of_both_times_that_is_still_to_come() -> None:
    (draft, _) = about_session(moved(by=-DAY))
    assert draft.urgent_by(START) == SOON - DAY
    assert draft.urgent_by(SOON - HOUR) == SOON
    assert draft.urgent_by(SOON) is None
    assert not draft.is_late(SOON - HOUR)


def test_what_is_sent_is_told() -> None:
    notification = queued()
    (event,) = notification.settle(NotificationStatus.SENT, "", START + HOUR)
    assert isinstance(event, NotificationSent)
    assert (event.notification_id, event.person_id, event.event_id) == (TO_BEN.id, BEN, "e1")
    assert (notification.status, notification.settled_at) == (NotificationStatus.SENT, START + HOUR)


def test_what_has_failed_is_told_with_the_reason() -> None:
    (event,) = queued().settle(NotificationStatus.FAILED, "smtp_550", START)
    assert isinstance(event, NotificationFailed)
    assert event.reason == "smtp_550"


def test_what_is_outdated_is_no_event() -> None:
    assert queued().settle(NotificationStatus.OUTDATED, "", START) == ()


def test_progress_never_goes_back() -> None:
    progress = Progress(id="session/s1")
    assert progress.reach(1, [ADA, BEN])
    assert progress.reach(1)
    assert not progress.reach(0, [BEN])
    assert (progress.stage, progress.people) == (1, [ADA, BEN])


def test_progress_outdates_what_was_said_of_an_earlier_stage() -> None:
    progress = Progress(id="session/s1")
    progress.reach(TO_BEN.stage)
    assert not progress.outdates(TO_BEN)
    progress.reach(TO_BEN.stage + 1)
    assert progress.outdates(TO_BEN)


@pytest.mark.parametrize(("person", "partner"), [(ADA, BEN), (BEN, ADA)])
def test_each_of_two_is_the_others_partner(person: PersonId, partner: PersonId) -> None:
    assert Progress(people=[ADA, BEN]).partner_of(person) == partner


def test_a_draft_survives_being_stored() -> None:
    (draft, _) = about_proposal(PROPOSED)
    notification = Notification(id=draft.id)
    notification.queue(draft, "e1", at=START + timedelta(hours=1))
    assert Notification.model_validate(notification.model_dump()) == notification
