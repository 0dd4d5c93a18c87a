"""The rules of a program that matter to matching."""

from shared.contracts.intake import ProgramRules
from shared.engine.authoring.aggregate import LocalCopy


class Program(LocalCopy, name="program"):
    """A program, as intake published it last."""

    rules: ProgramRules = ProgramRules()

    @property
    def reminders(self) -> tuple[int, ...]:
        """Days of a proposal on which those who have not answered are reminded: those before it expires."""
        return tuple(day for day in self.rules.proposal_reminder_days if day < self.rules.proposal_days)
