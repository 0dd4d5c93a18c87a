"""What intake's tests begin with."""

import json
from datetime import UTC, datetime
from typing import Any

from services.intake.model.application import Application, MatchingProfile, ParticipantSlot, Participation
from services.intake.model.imports import Enrollment, Row, Terms
from services.intake.model.person import EmailAddress, Person
from services.intake.model.program import Cadence, Program
from shared.contracts.intake import ProgramRules, Role
from shared.engine.message import Answer

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
    application.submit(participation(role=role), profile_of_ada, slot or ParticipantSlot(), by=CLIENT, at=NOW)
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
