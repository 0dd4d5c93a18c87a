"""What may be asked of intake: the commands on the engine, in memory."""

import asyncio
from random import Random
from typing import Any

import pytest
from pydantic import BaseModel

from services.intake.commands import (
    AddPerson,
    ApproveApplication,
    CreateProgram,
    PublishProgram,
    RegisterOrganization,
    SubmitApplication,
    WithdrawApplication,
)
from services.intake.model.application import Application, ApplicationStatus
from services.intake.model.organization import Organization
from services.intake.model.program import Program, ProgramStatus
from services.intake.service import service
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ContactCard,
    OrganizationRegistered,
    Profile,
    ProgramPublished,
    Role,
)
from shared.engine.aggregate import Removed
from shared.engine.executor import Executor
from shared.engine.message import Answer, Ending
from tests.scenario import Scenario
from tests.services.intake.builders import CLIENT, id_of, open_program


def scenario() -> Scenario:
    """The program `women-in-tech` is open, and Ada is known."""
    return Scenario(service).given(open_program())


def add_ada(given: Scenario, email: str = "ada@example.org") -> Answer:
    return given.when(AddPerson(name="Ada Lovelace", email=email, locale="en", time_zone="Europe/London"))


def submit(given: Scenario, person_id: str, actor: str | None = None, **changes: Any) -> Answer:
    asked = {"program_id": "women-in-tech", "person_id": person_id, "role": "mentor"} | changes
    return given.when(SubmitApplication.model_validate(asked), actor)


def at_once(given: Scenario, *commands: BaseModel) -> list[int]:
    """The statuses of commands that reach a replica each at the same moment."""
    replicas = [Executor(service, given.store, lambda: given.now, Random(number)) for number in range(len(commands))]

    async def race() -> list[list[Answer]]:
        asked = zip(replicas, commands, strict=True)
        return await asyncio.gather(*(one.handle(given.messages(command, CLIENT)) for one, command in asked))

    return sorted(answer.status for answers in asyncio.run(race()) for answer in answers)


def test_an_organization_is_registered_under_its_slug() -> None:
    given = Scenario(service, tenant="acme", actor="operator/root")
    answer = given.when(RegisterOrganization(slug="acme", name="Acme Labs", locale="de", time_zone="Europe/Berlin"))
    assert (answer.status, id_of(answer)) == (201, "acme")
    assert given.get(Organization, "acme").name == "Acme Labs"
    assert [type(event) for event in given.events()] == [OrganizationRegistered]


def test_a_program_is_drafted_then_published() -> None:
    given = Scenario(service)
    program_id = id_of(given.when(CreateProgram(title="Women in tech")))
    assert given.events() == []
    given.when(PublishProgram(program_id=program_id))
    assert given.get(Program, program_id).status is ProgramStatus.OPEN
    assert [type(event) for event in given.events()] == [ProgramPublished]


def test_the_card_of_a_person_is_on_the_people_topic() -> None:
    given = Scenario(service)
    person_id = id_of(add_ada(given))
    (card,) = given.shared
    assert isinstance(card, ContactCard)
    assert (card.person_id, card.name, card.time_zone) == (person_id, "Ada Lovelace", "Europe/London")
    assert given.events() == []


def test_the_same_address_twice_is_refused_in_any_spelling() -> None:
    given = Scenario(service)
    first = id_of(add_ada(given))
    answer = add_ada(given, email="ADA@example.org")
    assert (answer.ending, answer.status) == (Ending.REFUSED, 409)
    assert f'"person_id": "{first}"'.encode() in answer.body
    assert len(given.shared) == 1


def test_two_who_take_an_address_at_once_cannot_both_have_it() -> None:
    wanted = AddPerson(name="Ada Lovelace", email="ada@example.org", time_zone="Europe/London")
    assert at_once(Scenario(service), wanted, wanted.model_copy(update={"email": "ADA@example.org"})) == [201, 409]


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
    card, profile, gone = given.shared
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
    assert submit(given, person_id, actor="person/eve").status == 403
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


def test_only_operators_register_organizations_and_no_person_decides() -> None:
    allowed = {handler.name: handler.http.allow for handler in service.commands if handler.http}
    assert allowed["RegisterOrganization"] == {"operator"}
    own = {"SubmitApplication", "WithdrawApplication", "LeaveProgram", "ChangeCapacity"}
    own |= {"PauseParticipant", "ResumeParticipant"}
    assert {name for name, kinds in allowed.items() if not kinds} == own
    assert all("person" not in kinds for kinds in allowed.values())
