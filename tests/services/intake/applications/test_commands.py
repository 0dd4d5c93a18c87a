"""Applications, on the engine, in memory."""

import pytest

from services.intake.applications.commands import ApproveApplication, SubmitApplication, WithdrawApplication
from services.intake.applications.model.application import Application, ApplicationStatus
from services.intake.programs.commands import CreateProgram
from services.intake.service import service
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ContactCard,
    Profile,
    Role,
)
from shared.engine.authoring.aggregate import Removed
from tests.scenario import Scenario
from tests.services.intake.builders import add_ada, at_once, id_of, scenario, submit


def test_of_two_applications_at_once_one_is_refused() -> None:
    given = scenario()
    wanted = SubmitApplication(program_id="women-in-tech", person_id=id_of(add_ada(given)), role=Role.MENTOR)
    assert at_once(given, wanted, wanted) == [201, 409]


def test_an_approved_application_shares_its_profile_and_a_withdrawn_one_takes_it_back() -> None:
    given = scenario()
    person_id = id_of(add_ada(given))
    application_id = id_of(submit(given, person_id, profile={"languages": ["en"]}))
    given.when(ApproveApplication(application_id=application_id))
    given.when(WithdrawApplication(application_id=application_id))
    assert [type(event) for event in given.events()] == [
        ApplicationSubmitted,
        ApplicationApproved,
        ApplicationWithdrawn,
    ]
    card, _, profile, gone = given.shared
    assert isinstance(card, ContactCard)
    assert isinstance(profile, Profile)
    assert (profile.languages, profile.role) == (("en",), Role.MENTOR)
    assert isinstance(gone, Removed)


def test_a_second_live_application_is_refused_and_after_a_withdrawal_a_new_one_is_not() -> None:
    given = scenario()
    person_id = id_of(add_ada(given))
    first = id_of(submit(given, person_id))
    assert submit(given, person_id).status == 409
    assert submit(given, person_id, role="mentee").status == 201
    given.when(WithdrawApplication(application_id=first))
    second = id_of(submit(given, person_id))
    assert second != first
    assert given.get(Application, first).status is ApplicationStatus.WITHDRAWN
    assert given.get(Application, second).status is ApplicationStatus.SUBMITTED


def test_a_person_applies_for_themselves_only() -> None:
    given = scenario()
    person_id = id_of(add_ada(given))
    assert submit(given, person_id, actor="person/eve").status == 404
    assert submit(given, person_id, actor=f"person/{person_id}").status == 201


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"program_id": "unknown"}, 404), ({"person_id": "unknown"}, 404)],
    ids=str,
)
def test_an_application_of_or_to_something_unknown_is_not_found(changes: dict[str, str], status: int) -> None:
    given = scenario()
    person_id = id_of(add_ada(given))
    assert submit(given, **({"person_id": person_id} | changes)).status == status
    assert given.events() == []


def test_a_draft_takes_no_applications() -> None:
    given = Scenario(service)
    program_id = id_of(given.when(CreateProgram(title="Not yet")))
    person_id = id_of(add_ada(given))
    answer = submit(given, person_id, program_id=program_id)
    assert (answer.status, b"program-not-open" in answer.body) == (409, True)


def test_an_unknown_application_is_not_found() -> None:
    given = scenario()
    assert given.when(ApproveApplication(application_id="unknown")).status == 404
    assert given.when(WithdrawApplication(application_id="unknown")).status == 404
