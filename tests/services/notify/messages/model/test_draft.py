"""What is to be said to whom."""

from datetime import timedelta

import pytest

from services.notify.catalog.message import announce
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.notification import Notification
from shared.contracts.members import Member, MemberRole
from shared.ids import PersonId
from tests.scenario import START
from tests.services.notify.harbor import ACCEPTED, ADA, BEN, DAY, HOUR, PROPOSED, SCHEDULED, SOON, moved

TO_ADA, TO_BEN = announce(SCHEDULED)


def test_the_same_event_person_template_and_channel_are_the_same_message() -> None:
    assert TO_BEN.id == announce(SCHEDULED.model_copy())[1].id


def test_the_id_of_a_message_is_the_same_in_every_version() -> None:
    """Else an event that is delivered again after an upgrade would be a second mail."""
    draft = Draft(template="session_scheduled", subject="session/s1", person_id=BEN)
    assert draft.id == "5ea78e01ca90450ea02cc7982f93b696"


@pytest.mark.parametrize(
    "other",
    [
        TO_ADA,
        announce(moved(by=DAY))[1].model_copy(update={"template": TO_BEN.template}),
        TO_BEN.model_copy(update={"template": "session_reminder"}),
        TO_BEN.model_copy(update={"minutes": 60}),
        TO_BEN.model_copy(update={"subject": "session/s2"}),
    ],
)
def test_another_event_person_template_or_reminder_is_another_message(other: Draft) -> None:
    assert other.id != TO_BEN.id


def test_a_message_is_addressed_to_one_and_names_the_other() -> None:
    assert (TO_ADA.people, TO_BEN.people) == ([ADA, BEN], [BEN, ADA])
    assert (TO_ADA.role, TO_BEN.role) == ("mentor", "mentee")


@pytest.mark.parametrize("draft", [*announce(PROPOSED), TO_ADA])
def test_a_message_is_late_when_all_its_times_have_passed(draft: Draft) -> None:
    assert not draft.is_late(max(draft.times) - HOUR)
    assert draft.is_late(max(draft.times))


def test_a_message_without_a_time_is_never_late_or_urgent() -> None:
    (draft, _) = announce(ACCEPTED)
    assert not draft.is_late(START + 999 * DAY)
    assert draft.urgent_by(START) is None


def test_a_move_is_urgent_by_the_next_of_both_times_that_is_still_to_come() -> None:
    (draft, _) = announce(moved(by=-DAY))
    assert draft.urgent_by(START) == SOON - DAY
    assert draft.urgent_by(SOON - HOUR) == SOON
    assert draft.urgent_by(SOON) is None
    assert not draft.is_late(SOON - HOUR)


def test_a_message_to_a_member_of_a_group_names_all_others() -> None:
    cleo = Member(person_id=PersonId("cleo"), role=MemberRole.MENTEE)
    of_three = SCHEDULED.model_copy(update={"members": (*SCHEDULED.members, cleo)})
    to_three = [draft.people for draft in announce(of_three)]
    assert to_three == [[ADA, BEN, "cleo"], [BEN, ADA, "cleo"], ["cleo", ADA, BEN]]


def test_a_draft_survives_being_stored() -> None:
    (draft, _) = announce(PROPOSED)
    notification = Notification(id=draft.id)
    notification.queue(draft, "e1", at=START + timedelta(hours=1))
    assert Notification.model_validate(notification.model_dump()) == notification
