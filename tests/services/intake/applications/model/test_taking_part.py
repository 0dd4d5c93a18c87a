"""Who takes part can pause, resume, leave, and change the capacity; who does not cannot."""

from collections.abc import Callable

import pytest

from services.intake.applications.model.application import (
    AlreadyPaused,
    Application,
    ApplicationStatus,
    NotPaused,
    NotTakingPart,
    WrongCapacity,
)
from services.intake.applications.model.profile import MatchingProfile
from services.intake.applications.model.slot import ParticipantSlot
from shared.contracts.event import Event
from shared.contracts.intake import (
    CapacityChanged,
    MeetingFormat,
    ParticipantLeft,
    ParticipantPaused,
    ParticipantResumed,
    Role,
)
from shared.ids import ApplicationId, PersonId, ProgramId
from tests.services.intake.builders import LATER, approved, participation, submitted

Ask = Callable[[Application], list[Event]]

ABOUT = {
    "application_id": ApplicationId("first"),
    "program_id": ProgramId("women-in-tech"),
    "person_id": PersonId("ada"),
    "role": Role.MENTOR,
}

ASKS = [
    pytest.param(lambda application: application.pause(), id="pause"),
    pytest.param(lambda application: application.resume(), id="resume"),
    pytest.param(lambda application: application.leave(ParticipantSlot(), LATER), id="leave"),
    pytest.param(lambda application: application.change_capacity(2), id="change-capacity"),
]


def withdrawn() -> Application:
    slot = ParticipantSlot()
    application = submitted(slot)
    application.withdraw(slot, LATER)
    return application


def left() -> Application:
    slot = ParticipantSlot()
    application = approved(slot)
    application.leave(slot, LATER)
    return application


def seats_and_mentors(application: Application) -> tuple[int, int]:
    """What the shared profile says."""
    shared = application.shared_state()
    assert shared is not None
    return shared.seats, shared.mentors


def test_who_pauses_is_not_matched_and_keeps_the_profile_shared() -> None:
    application = approved()
    assert application.pause() == [ParticipantPaused(**ABOUT)]
    assert application.is_paused
    assert application.shared_state() is not None


def test_who_resumes_is_matched_again() -> None:
    application = approved()
    application.pause()
    assert application.resume() == [ParticipantResumed(**ABOUT)]
    assert not application.is_paused


def test_a_pause_is_not_begun_or_ended_twice() -> None:
    application = approved()
    with pytest.raises(NotPaused, match="nothing to resume"):
        application.resume()
    application.pause()
    with pytest.raises(AlreadyPaused, match="resume to be matched again"):
        application.pause()


def test_who_leaves_shares_no_profile_and_can_apply_anew() -> None:
    slot = ParticipantSlot()
    application = approved(slot)
    assert application.leave(slot, at=LATER) == [ParticipantLeft(**ABOUT)]
    assert (application.status, application.left_at) == (ApplicationStatus.LEFT, LATER)
    assert application.shared_state() is None
    submitted(slot, id="second")
    assert (slot.application_id, slot.is_occupied) == ("second", True)


def test_who_has_paused_can_leave() -> None:
    application = approved()
    application.pause()
    assert application.leave(ParticipantSlot(is_occupied=True), at=LATER) == [ParticipantLeft(**ABOUT)]


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize(
    ("application", "remedy"),
    [
        pytest.param(submitted, "wait until it is approved, or withdraw it", id="submitted"),
        pytest.param(withdrawn, "submit a new one", id="withdrawn"),
        pytest.param(left, "submit a new one", id="left"),
    ],
)
def test_who_does_not_take_part_is_told_what_to_do_instead(
    application: Callable[[], Application], remedy: str, ask: Ask
) -> None:
    with pytest.raises(NotTakingPart, match=remedy):
        ask(application())


@pytest.mark.parametrize("seats", [0, 5, 100])
def test_a_mentor_has_from_none_to_a_hundred_seats(seats: int) -> None:
    application = approved()
    assert application.change_capacity(seats) == [CapacityChanged(**ABOUT, capacity=seats)]
    assert seats_and_mentors(application) == (seats, 1)


@pytest.mark.parametrize("mentors", [2, 3])
def test_a_mentee_looks_for_up_to_three_mentors(mentors: int) -> None:
    application = approved(role=Role.MENTEE)
    (event,) = application.change_capacity(mentors)
    assert event == CapacityChanged(**(ABOUT | {"role": Role.MENTEE}), capacity=mentors)
    assert seats_and_mentors(application) == (1, mentors)


@pytest.mark.parametrize(
    ("role", "capacity", "words"),
    [(Role.MENTOR, -1, "0 to 100 seats"), (Role.MENTOR, 101, "0 to 100 seats"),
     (Role.MENTEE, 0, "1 to 3 mentors"), (Role.MENTEE, 4, "1 to 3 mentors")],
)  # fmt: skip
def test_a_capacity_that_the_role_cannot_have_is_refused_with_the_field(role: Role, capacity: int, words: str) -> None:
    with pytest.raises(WrongCapacity, match=words) as refusal:
        approved(role=role).change_capacity(capacity)
    assert refusal.value.members == {"field": "capacity"}


def test_the_capacity_that_somebody_has_already_changes_nothing() -> None:
    assert approved().change_capacity(2) == []


def test_a_capacity_can_be_changed_during_a_pause() -> None:
    application = approved()
    application.pause()
    assert application.change_capacity(1)


def test_a_revision_that_changes_the_capacity_tells_so() -> None:
    (event,) = approved().revise(MatchingProfile(meeting_format=MeetingFormat.AD_HOC))
    assert event == CapacityChanged(**ABOUT, capacity=0)


def test_before_the_approval_nobody_is_told_of_a_capacity() -> None:
    assert submitted().revise(MatchingProfile(seats=5)) == []


def test_a_mentor_who_looks_for_mentors_is_refused_with_the_field() -> None:
    slot = ParticipantSlot()
    with pytest.raises(WrongCapacity, match="state seats instead") as refusal:
        Application(id="first").submit(participation(), MatchingProfile(mentors=2), slot, at=LATER)
    assert refusal.value.members == {"field": "profile.mentors"}
    assert not slot.is_occupied


def test_a_mentee_says_how_many_mentors_in_the_application() -> None:
    assert seats_and_mentors(approved(role=Role.MENTEE, mentors=3)) == (1, 3)
