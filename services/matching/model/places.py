"""What a mentor can give and a mentee can ask for: the rules about sets of matches, each kept by one aggregate."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from services.matching.model.pool import MenteeUnavailable, MentorUnavailable
from shared.engine.aggregate import Aggregate
from shared.ids import ApplicationId, MatchId, ProgramId

MOST_OPEN = 20
"""Proposals that a mentor has to think about at once; it also bounds what the last seat's acceptance must end."""

SEARCHING = "searching"
"""The reason of a mentee for whom the next best is being looked for."""


class SeatsTaken(MentorUnavailable):
    """The mentor has no free seat."""


class SeatsPromised(MentorUnavailable):
    """The mentor is asked about all free seats."""


class MentorAskedEnough(MentorUnavailable):
    """The mentor has `MOST_OPEN` proposals to answer first."""


class AlreadyAsked(MentorUnavailable):
    """The two are being asked, or one of them has declined or let it expire."""


class MenteeMatched(MenteeUnavailable):
    """The mentee has a mentor."""


class RequestsExhausted(MenteeUnavailable):
    """The mentee has as many open requests as the program allows."""


class MentorSeats(Aggregate, name="mentor_seats"):
    """A mentor's places; its id is that of the mentor's application.

    `taken` are the matches that both have accepted. `open` leads from those that are asked about to the mentee's
    application. How many seats there are is for the profile to say.
    """

    indexes: ClassVar = (("program_id",),)

    program_id: ProgramId = ProgramId("")
    taken: list[MatchId] = Field(default_factory=list)
    open: dict[MatchId, ApplicationId] = Field(default_factory=dict)

    @property
    def promised(self) -> int:
        """Seats that are taken, or will be if all who are asked accept."""
        return len(self.taken) + len(self.open)

    def check_free(self, seats: int) -> None:
        """Raises `SeatsTaken`: acceptances win, so a seat that is only promised is free."""
        if not self.has_free(seats):
            raise SeatsTaken("All seats of this mentor are taken: choose another mentor.", seats=seats)

    def has_free(self, seats: int) -> bool:
        """Whether one of so many seats is free."""
        return len(self.taken) < seats

    def check_can_be_asked(self, seats: int, is_by_hand: bool) -> None:
        """Only by hand are more asked than there are seats.

        Raises `SeatsTaken`, `SeatsPromised` or `MentorAskedEnough`.
        """
        self.check_free(seats)
        if not is_by_hand and self.promised >= seats:
            raise SeatsPromised("This mentor is asked about all free seats: choose another mentor.", seats=seats)
        if len(self.open) >= MOST_OPEN:
            raise MentorAskedEnough(f"This mentor has {MOST_OPEN} proposals to answer: choose another one, or wait.")

    def ask(self, match_id: MatchId, mentee: ApplicationId, program_id: ProgramId) -> None:
        """Have one more proposal to answer."""
        self.program_id = program_id
        self.open[match_id] = mentee

    def take(self, match_id: MatchId, seats: int) -> None:
        """Give a seat away; raises `SeatsTaken`."""
        self.check_free(seats)
        self.close(match_id)
        self.taken.append(match_id)

    def close(self, match_id: MatchId) -> None:
        """A proposal is no longer open."""
        self.open.pop(match_id, None)


class MenteeRequests(Aggregate, name="mentee_requests"):
    """Whom a mentee is proposed to; its id is that of the mentee's application.

    `open` leads from a match to the mentor's application. `asked_in_vain` are mentors who are not asked again.
    `reason`, a stable code with `figures`, says why a mentee has neither a mentor nor a request.
    """

    indexes: ClassVar = (("program_id", "reason"),)

    program_id: ProgramId = ProgramId("")
    open: dict[MatchId, ApplicationId] = Field(default_factory=dict)
    asked_in_vain: list[ApplicationId] = Field(default_factory=list)
    accepted: MatchId | None = None
    reason: str = ""
    figures: dict[str, int] = Field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether there is a mentor, or somebody is asked."""
        return self.accepted is not None or bool(self.open)

    @property
    def excluded(self) -> set[ApplicationId]:
        """Mentors who are not to be asked: they are, or were in vain."""
        return {*self.open.values(), *self.asked_in_vain}

    def check_can_ask(self, mentor: ApplicationId, open_requests: int) -> None:
        """Raises `MenteeMatched`, `RequestsExhausted`, `AlreadyAsked`."""
        if self.accepted is not None:
            raise MenteeMatched("This mentee has a mentor: choose another mentee.", match_id=self.accepted)
        if mentor in self.excluded:
            raise AlreadyAsked("These two were proposed to each other before: choose another mentor.")
        if len(self.open) >= open_requests:
            raise RequestsExhausted(f"This mentee has {len(self.open)} open requests: wait for an answer to one.")

    def ask(self, match_id: MatchId, mentor: ApplicationId, program_id: ProgramId) -> None:
        """Have one more open request."""
        self.program_id = program_id
        self.open[match_id] = mentor
        self._explain("")

    def accept(self, match_id: MatchId) -> None:
        """Have a mentor: one at a time."""
        if self.accepted is not None:
            raise MenteeMatched("This mentee has another mentor by now.", match_id=self.accepted)
        self.close(match_id)
        self.accepted = match_id

    def close(self, match_id: MatchId, in_vain: bool = False) -> None:
        """A request is no longer open; after one `in_vain` the mentor is not asked again."""
        mentor = self.open.pop(match_id, None)
        if in_vain and mentor is not None:
            self.asked_in_vain.append(mentor)

    def search(self, program_id: ProgramId) -> bool:
        """Whether to look for the next best: who has a mentor needs none."""
        if self.accepted is not None:
            return False
        self.program_id = program_id
        self._explain("" if self.open else SEARCHING)
        return True

    def find_nobody(self, reason: str, figures: Mapping[str, int]) -> None:
        """The search has ended without a mentor; an answer that is late says nothing."""
        if self.reason == SEARCHING:
            self._explain(reason, figures)

    def leave(self) -> None:
        """The mentee looks for nobody any more."""
        self._explain("")

    def _explain(self, reason: str, figures: Mapping[str, int] | None = None) -> None:
        self.reason, self.figures = reason, dict(figures or {})
