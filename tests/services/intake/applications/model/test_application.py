"""One live application per person, program and role; its profile is shared while it is approved."""

from typing import Any

import pytest

from services.intake.applications.model.application import (
    Application,
    ApplicationNotLive,
    ApplicationNotSubmitted,
    ApplicationStatus,
)
from services.intake.applications.model.profile import MatchingProfile
from services.intake.applications.model.slot import AlreadyApplied, ParticipantSlot
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    MeetingFormat,
    Role,
)
from shared.ids import ApplicationId, PersonId, ProgramId
from tests.services.intake.builders import LATER, NOW, approved, participation, submitted

ABOUT = {
    "application_id": ApplicationId("first"),
    "program_id": ProgramId("women-in-tech"),
    "person_id": PersonId("ada"),
    "role": Role.MENTOR,
}


def test_submitting_tells_the_others_who_asks_for_what() -> None:
    application = Application(id="first")
    events = application.submit(participation(), MatchingProfile(), ParticipantSlot(), at=NOW)
    assert events == [ApplicationSubmitted(**ABOUT)]
    assert (application.status, application.submitted_at) == (ApplicationStatus.SUBMITTED, NOW)


def test_a_client_submits_for_anybody() -> None:
    application = Application(id="first")
    assert application.submit(participation(), MatchingProfile(), ParticipantSlot(), at=NOW)


def test_a_second_live_application_is_refused_and_names_the_first() -> None:
    slot = ParticipantSlot()
    submitted(slot)
    with pytest.raises(AlreadyApplied) as refusal:
        submitted(slot, id="second")
    assert refusal.value.members == {"application_id": "first"}


def test_an_application_is_approved_once() -> None:
    application = submitted()
    assert application.approve(at=LATER) == [ApplicationApproved(**ABOUT)]
    assert application.approved_at == LATER
    with pytest.raises(ApplicationNotSubmitted, match="is approved"):
        application.approve(at=LATER)


def test_who_withdrew_can_apply_anew() -> None:
    slot = ParticipantSlot()
    first = submitted(slot)
    assert first.withdraw(slot, at=LATER) == [ApplicationWithdrawn(**ABOUT)]
    assert first.withdrawn_at == LATER
    submitted(slot, id="second")
    assert (slot.application_id, slot.is_occupied) == ("second", True)


def test_a_withdrawn_application_is_not_withdrawn_again() -> None:
    slot = ParticipantSlot()
    first = submitted(slot)
    first.withdraw(slot, at=LATER)
    submitted(slot, id="second")
    with pytest.raises(ApplicationNotLive):
        first.withdraw(slot, at=LATER)
    assert slot.is_occupied


def test_a_withdrawn_application_cannot_be_approved() -> None:
    slot = ParticipantSlot()
    application = submitted(slot)
    application.withdraw(slot, at=LATER)
    with pytest.raises(ApplicationNotSubmitted, match="is withdrawn"):
        application.approve(at=LATER)


def test_the_profile_is_shared_only_while_the_application_is_approved() -> None:
    slot = ParticipantSlot()
    application = submitted(slot, languages=("en", "it"))
    assert application.shared_state() is None
    application.approve(at=NOW)
    shared = application.shared_state()
    assert shared is not None
    assert shared.languages == ("en", "it")
    application.withdraw(slot, at=LATER)
    assert application.shared_state() is None


@pytest.mark.parametrize(
    ("role", "stated", "seats"),
    [
        (Role.MENTOR, {}, 2),
        (Role.MENTEE, {}, 1),
        (Role.MENTOR, {"seats": 5}, 5),
        (Role.MENTOR, {"seats": 0}, 0),
        (Role.MENTOR, {"meeting_format": MeetingFormat.AD_HOC}, 0),
        (Role.MENTOR, {"meeting_format": MeetingFormat.AD_HOC, "seats": 3}, 3),
    ],
)
def test_who_states_no_seats_has_those_of_the_role(role: Role, stated: dict[str, Any], seats: int) -> None:
    shared = approved(role=role, **stated).shared_state()
    assert shared is not None
    assert shared.seats == seats


def test_what_nobody_stated_is_no_data() -> None:
    shared = approved().shared_state()
    assert shared is not None
    assert (shared.years, shared.time_zone, shared.goals) == (None, None, ())


def test_a_revision_changes_what_it_states_and_nothing_else() -> None:
    application = approved(goals=("Switch career to IT",), years=4.0)
    application.revise(MatchingProfile(years=5.0))
    assert application.profile == MatchingProfile(goals=("Switch career to IT",), years=5.0)


def test_fields_of_a_newer_version_are_kept_but_not_shared() -> None:
    stored = approved().model_dump()
    stored["profile"]["pronouns"] = "she/her"
    application = Application.model_validate(stored)
    shared = application.shared_state()
    assert application.model_dump()["profile"]["pronouns"] == "she/her"
    assert shared is not None
    assert "pronouns" not in shared.model_dump_json()
