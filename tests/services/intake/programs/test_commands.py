"""Programs, on the engine, in memory."""

from services.intake.programs.commands import CreateProgram, PublishProgram
from services.intake.programs.model import Program, ProgramStatus
from services.intake.service import service
from shared.contracts.intake import ProgramPublished
from tests.scenario import Scenario
from tests.services.intake.builders import id_of


def test_a_program_is_drafted_then_published() -> None:
    given = Scenario(service)
    program_id = id_of(given.when(CreateProgram(title="Women in tech")))
    assert given.events() == []
    given.when(PublishProgram(program_id=program_id))
    assert given.get(Program, program_id).status is ProgramStatus.OPEN
    assert [type(event) for event in given.events()] == [ProgramPublished]
