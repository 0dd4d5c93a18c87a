"""A command that is sent a few seconds after somebody has asked for it, unless they take it back."""

from datetime import datetime, timedelta
from enum import StrEnum

from shared.engine.authoring.aggregate import Aggregate
from shared.errors import NotFound, Refusal
from shared.ids import PersonId
from shared.sealing import SealedSecret

HELD_FOR = timedelta(seconds=10)
"""Less than every token of a session lasts that somebody asks with."""


class TakenBackTooLate(Refusal):
    """It was sent already."""


class Holding(StrEnum):
    """How a held command stands."""

    HELD = "held"
    BEING_SENT = "being-sent"
    SENT = "sent"
    TAKEN_BACK = "taken-back"
    REFUSED = "refused"
    DISMISSED = "dismissed"


SHOWN = (Holding.HELD, Holding.BEING_SENT, Holding.REFUSED)


class HeldCommand(Aggregate, name="held_command"):
    """What somebody has asked for and can take back. `sealed` is what is sent, and as whom; it goes with its sending.

    `saying` is what the page says of it, in English, and names nobody; `about` is the id of what it is about.
    """

    indexes = (("person_id", "is_shown"),)

    person_id: PersonId = PersonId("")
    saying: str = ""
    about: str = ""
    status: Holding = Holding.HELD
    due_at: datetime | None = None
    sealed: SealedSecret | None = None
    problem: str = ""
    is_shown: bool = False

    def take_back(self, by: str) -> None:
        """Send nothing; raises `TakenBackTooLate`. Only who has asked for it may."""
        self.check_of(by)
        if self.status not in (Holding.HELD, Holding.TAKEN_BACK):
            raise TakenBackTooLate("It was sent already, so it cannot be taken back any more.")
        self._become(Holding.TAKEN_BACK)

    def begin(self) -> bool:
        """Return whether it is to be sent now, after which it can no longer be taken back."""
        if self.status is not Holding.HELD:
            return False
        self.status = Holding.BEING_SENT
        return True

    def end(self, problem: str) -> None:
        """Note that it was done, or what the service says why not."""
        self.problem = problem
        self._become(Holding.REFUSED if problem else Holding.SENT)

    def dismiss(self, by: str) -> None:
        """Show no more why it was not done."""
        self.check_of(by)
        if self.status is Holding.REFUSED:
            self._become(Holding.DISMISSED)

    def check_of(self, actor: str) -> None:
        """Let nobody else know that it is there; raises `NotFound`."""
        if actor != f"person/{self.person_id}":
            raise NotFound.of(self.collection, self.id)

    def _become(self, status: Holding) -> None:
        self.status, self.sealed = status, None
        self.is_shown = status in SHOWN
