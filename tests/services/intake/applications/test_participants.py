"""Pausing, resuming, leaving and changing the capacity: the commands on the engine, in memory."""

from collections.abc import Callable

import pytest
from pydantic import BaseModel

from services.intake.applications.commands import (
    ApproveApplication,
    ChangeCapacity,
    LeaveProgram,
    PauseParticipant,
    ResumeParticipant,
    SubmitApplication,
)
from services.intake.applications.model.application import Application, ApplicationStatus
from services.intake.applications.model.slot import ParticipantSlot
from services.intake.people.model import Person
from services.intake.service import service
from shared.contracts.intake import (
    CapacityChanged,
    ParticipantLeft,
    ParticipantPaused,
    ParticipantResumed,
    Profile,
    Role,
)
from shared.engine.authoring.aggregate import Removed
from tests.scenario import Scenario
from tests.services.intake.builders import approved, open_program, submitted

SLOT = ParticipantSlot.key("women-in-tech", "ada", Role.MENTOR)
PAUSE = PauseParticipant(application_id="first")
COMMANDS = [
    PAUSE,
    ResumeParticipant(application_id="first"),
    LeaveProgram(application_id="first"),
    ChangeCapacity(application_id="first", capacity=3),
]


def scenario(apply: Callable[[ParticipantSlot], Application] = approved) -> Scenario:
    """Ada is a mentor of the program, if nothing else is said."""
    slot = ParticipantSlot(id=SLOT)
    application = apply(slot)
    person = Person(id="ada", name="Ada Lovelace", email="ada@example.org", locale="en", time_zone="Europe/London")
    return Scenario(service).given(open_program(), person, slot, application)


def test_a_person_pauses_resumes_and_leaves() -> None:
    given = scenario()
    for command in (PAUSE, ResumeParticipant(application_id="first"), LeaveProgram(application_id="first")):
        assert given.when(command, "person/ada").status == 200
    assert [type(event) for event in given.events()] == [ParticipantPaused, ParticipantResumed, ParticipantLeft]
    assert given.get(Application, "first").status is ApplicationStatus.LEFT


def test_the_profile_of_who_has_left_is_gone_and_a_new_application_is_possible() -> None:
    given = scenario(submitted)
    given.when(ApproveApplication(application_id="first"))
    given.when(LeaveProgram(application_id="first"))
    assert isinstance(given.shared[-1], Removed)
    anew = SubmitApplication(program_id="women-in-tech", person_id="ada", role=Role.MENTOR)
    assert given.when(anew).status == 201


def test_the_profile_has_the_new_capacity_when_the_others_hear_of_it() -> None:
    given = scenario()
    given.when(ChangeCapacity(application_id="first", capacity=5))
    (event,) = given.events(CapacityChanged)
    profile = given.shared[-1]
    assert isinstance(event, CapacityChanged)
    assert isinstance(profile, Profile)
    assert event.capacity == profile.seats == 5


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_nobody_acts_for_another_person(command: BaseModel) -> None:
    given = scenario()
    assert given.when(command, "person/eve").status == 404
    assert given.events() == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_an_unknown_application_is_not_found(command: BaseModel) -> None:
    unknown = command.model_copy(update={"application_id": "unknown"})
    assert scenario().when(unknown).status == 404


def test_what_is_refused_changes_nothing() -> None:
    given = scenario()
    given.when(PAUSE)
    answer = given.when(PAUSE)
    assert (answer.status, b"already-paused" in answer.body) == (409, True)
    assert [type(event) for event in given.events()] == [ParticipantPaused]
