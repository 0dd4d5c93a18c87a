"""What evaluation keeps of other services: the rules of programs."""

from shared.contracts.intake import ProgramPublished, ProgramRules
from shared.engine.authoring.aggregate import Replica
from shared.engine.authoring.handlers import Handlers


class Program(Replica, name="program"):
    """A program, as intake published it last."""

    rules: ProgramRules = ProgramRules()


replicas = Handlers()
replicas.replicates(ProgramPublished, Program)
