"""What evaluation keeps of other services: the rules of programs."""

from shared.contracts.intake import ProgramPublished, ProgramRules
from shared.engine.authoring.aggregate import LocalCopy
from shared.engine.authoring.handlers import Handlers


class Program(LocalCopy, name="program"):
    """A program, as intake published it last."""

    rules: ProgramRules = ProgramRules()


local_copies = Handlers()
local_copies.copies(ProgramPublished, Program)
