"""The rules of a program that matter to matching."""

from shared.contracts.intake import ProgramRules
from shared.engine.authoring.aggregate import Aggregate


class ProgramCopy(Aggregate, name="program"):
    """The rules of a program that matter here, as intake published them; 0 before that."""

    proposal_days: int = 0
    proposal_reminder_days: tuple[int, ...] = ()
    open_requests: int = 0

    @property
    def reminders(self) -> tuple[int, ...]:
        """Days of a proposal on which who has not answered is reminded: those before it expires."""
        return tuple(day for day in self.proposal_reminder_days if day < self.proposal_days)

    def follow(self, rules: ProgramRules) -> None:
        """Take the rules over."""
        self.proposal_days, self.open_requests = rules.proposal_days, rules.open_requests
        self.proposal_reminder_days = rules.proposal_reminder_days
