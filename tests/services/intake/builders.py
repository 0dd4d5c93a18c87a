"""What intake's tests begin with."""

import asyncio
import json
from datetime import UTC, datetime
from random import Random
from typing import Any

from pydantic import BaseModel

from services.intake.applications.commands import SubmitApplication
from services.intake.applications.model.application import Application
from services.intake.applications.model.profile import MatchingProfile, Participation
from services.intake.applications.model.slot import ParticipantSlot
from services.intake.importing.model.enrollment import Enrollment, Row, Terms
from services.intake.people.commands import AddPerson
from services.intake.people.model import EmailAddress, Person
from services.intake.programs.model import Cadence, Program
from services.intake.service import service
from shared.contracts.intake import ProgramRules, Role
from shared.engine.authoring.answer import Answer
from shared.engine.execution.executor import Executor
from tests.scenario import Scenario

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LATER = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
CLIENT = "client/hr"

MENTORS = Terms(program_id="women-in-tech", role=Role.MENTOR, locale="de", time_zone="Europe/Berlin")


def participation(person_id: str = "ada", role: Role = Role.MENTOR) -> Participation:
    return Participation(program_id="women-in-tech", person_id=person_id, role=role)


def submitted(
    slot: ParticipantSlot | None = None, role: Role = Role.MENTOR, id: str = "first", **profile: Any
) -> Application:
    """Ada's application, on the desk of who decides."""
    application = Application(id=id)
    profile_of_ada = MatchingProfile(**profile)
    application.submit(participation(role=role), profile_of_ada, slot or ParticipantSlot(), at=NOW)
    return application


def approved(slot: ParticipantSlot | None = None, role: Role = Role.MENTOR, **profile: Any) -> Application:
    """Ada's application, approved."""
    application = submitted(slot, role, **profile)
    application.approve(at=NOW)
    return application


def row(line: int = 2, name: str = "Ada Lovelace", email: str = "ada@example.org", **stated: Any) -> Row:
    """A row of a file."""
    return Row(line=line, name=name, email=email, **stated)


def unknown(person_id: str = "ada", application_id: str = "first") -> Enrollment:
    """What a row is about when nobody has that address yet."""
    return Enrollment(EmailAddress(), Person(id=person_id), ParticipantSlot(), Application(id=application_id))


def open_program(id: str = "women-in-tech") -> Program:
    """A program that takes applications."""
    program = Program(id=id)
    program.draft("Women in tech", Cadence.MONTHLY, 6, ProgramRules())
    program.publish()
    return program


def id_of(answer: Answer) -> str:
    """The id in a command's answer."""
    assert answer.error is None, answer.error
    return str(json.loads(answer.body)["id"])


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
