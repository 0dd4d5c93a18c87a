"""Somebody who takes part: what is heard of them in any order, and since when they wait."""

from datetime import UTC, datetime

import pytest

from services.matching.pool.model.participant import MenteeNotInPool, Participant, ParticipantStatus
from services.matching.pool.model.unmatched_codes import Unmatchable
from services.matching.pool.model.wait import MONTH
from shared.contracts.intake import ApplicationApproved, ParticipantLeft, ParticipantPaused, ParticipantResumed, Role
from shared.contracts.matching import LeftWithoutMatch
from shared.errors import NotFound
from shared.ids import ApplicationId, PersonId, ProgramId

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
ABOUT = {
    "application_id": ApplicationId("a1"),
    "program_id": ProgramId("p1"),
    "person_id": PersonId("ada"),
    "role": Role.MENTOR,
}
PAUSED, RESUMED = ParticipantPaused(**ABOUT), ParticipantResumed(**ABOUT)


def taking_part() -> Participant:
    participant = Participant(id="a1")
    participant.enter(ApplicationApproved(**ABOUT), NOW)
    participant.version = 1
    return participant


def test_of_a_pause_and_its_end_the_later_counts_in_whatever_order_they_come() -> None:
    participant = taking_part()
    assert participant.pause(PAUSED, 5, NOW)
    assert not participant.resume(RESUMED, 4, NOW)
    assert participant.status is ParticipantStatus.PAUSED
    assert (participant.resume(RESUMED, 6, NOW), participant.status) == (True, ParticipantStatus.IN)


def test_whoever_has_left_does_not_come_back_by_the_end_of_a_pause() -> None:
    participant = taking_part()
    participant.leave(ParticipantLeft(**ABOUT), NOW)
    assert not participant.resume(RESUMED, 6, NOW)
    assert participant.status is ParticipantStatus.OUT


def test_who_takes_part_is_known_from_a_pause_that_is_heard_of_first() -> None:
    participant = Participant(id="a1")
    assert participant.pause(PAUSED, 1, NOW)
    assert (participant.program_id, participant.person_id, participant.role) == ("p1", "ada", Role.MENTOR)


def test_who_takes_part_in_another_program_is_as_unknown_as_nobody_and_in_another_role_not_in_the_pool() -> None:
    participant = taking_part()
    participant.check_known("p1", Role.MENTOR)
    with pytest.raises(NotFound):
        participant.check_known("p2", Role.MENTOR)
    with pytest.raises(MenteeNotInPool):
        participant.check_known("p1", Role.MENTEE)


def test_a_wait_is_told_again_after_a_month_with_its_beginning() -> None:
    participant, why = taking_part(), Unmatchable("seats_taken", {})
    (first,) = participant.wait_for_match(why, NOW)
    assert participant.wait_for_match(why, NOW + MONTH / 2) == []
    (second,) = participant.wait_for_match(why, NOW + MONTH)
    assert isinstance(first, LeftWithoutMatch)
    assert isinstance(second, LeftWithoutMatch)
    assert [(one.since, one.times) for one in (first, second)] == [(NOW, 1), (NOW, 2)]
