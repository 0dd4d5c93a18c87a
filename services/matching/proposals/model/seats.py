"""A mentor's seats: which matches have one, and how many may be asked for."""

from typing import ClassVar

from pydantic import Field

from services.matching.proposals.model.unavailable import MentorAskedEnough, SeatsPromised, SeatsTaken
from shared.engine.authoring.aggregate import Aggregate
from shared.ids import ApplicationId, MatchId, ProgramId

MOST_OPEN = 20
"""Proposals that a mentor has to think about at once; it also bounds what the last seat's acceptance must end."""


class MentorSeats(Aggregate, name="mentor_seats"):
    """A mentor's seats; its id is that of the mentor's application.

    `accepted` are the matches that both have accepted. `open` leads from those that are asked about to the mentee's
    application. How many seats there are is for the profile to say.
    """

    indexes: ClassVar = (("program_id",),)

    program_id: ProgramId = ProgramId("")
    accepted: list[MatchId] = Field(default_factory=list)
    open: dict[MatchId, ApplicationId] = Field(default_factory=dict)

    @property
    def promised(self) -> int:
        """How many seats are taken, or will be if all who are asked accept."""
        return len(self.accepted) + len(self.open)

    def check_free(self, seats: int) -> None:
        """Raises `SeatsTaken`: acceptances win, so a seat that is only promised is free."""
        if not self.has_free(seats):
            raise SeatsTaken("All seats of this mentor are taken: choose another mentor.", seats=seats)

    def has_free(self, seats: int) -> bool:
        """Whether one of so many seats is free."""
        return len(self.accepted) < seats

    def check_can_be_asked(self, seats: int, is_by_hand: bool) -> None:
        """Check that the mentor can be asked; only by hand may more proposals be open than there are seats.

        Raises `SeatsTaken`, `SeatsPromised` or `MentorAskedEnough`.
        """
        self.check_free(seats)
        if not is_by_hand and self.promised >= seats:
            raise SeatsPromised("This mentor is asked about all free seats: choose another mentor.", seats=seats)
        if len(self.open) >= MOST_OPEN:
            raise MentorAskedEnough(f"This mentor has {MOST_OPEN} proposals to answer: choose another one, or wait.")

    def ask(self, match_id: MatchId, mentee: ApplicationId, program_id: ProgramId) -> None:
        """Add a proposal to those that the mentor has to answer."""
        self.program_id = program_id
        self.open[match_id] = mentee

    def accept(self, match_id: MatchId, seats: int) -> None:
        """Give a seat to an accepted match; raises `SeatsTaken`."""
        self.check_free(seats)
        self.close(match_id)
        self.accepted.append(match_id)

    def close(self, match_id: MatchId) -> None:
        """Take a proposal off the open ones."""
        self.open.pop(match_id, None)

    def release(self, match_id: MatchId) -> None:
        """Free the seat of a match that has ended early."""
        self.accepted.remove(match_id)

    def surplus(self, seats: int) -> list[MatchId]:
        """List the open proposals for which so many seats leave no room, the latest first; what is accepted stays."""
        latest_first = [*reversed(self.open)]
        return latest_first[: max(self.promised - seats, 0)]
