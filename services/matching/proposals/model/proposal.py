"""A match together with the two places that it is about: what one answer changes, it changes in all three."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.matching.pool.model.program_rules import ProgramCopy
from services.matching.proposals.model.match import DeclineReason, Match, Offer, UnwindReason
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.proposals.model.unavailable import PairMatched
from shared.contracts.event import Event
from shared.contracts.intake import Role
from shared.contracts.matching import MatchAccepted
from shared.ids import ApplicationId, MatchId, ProgramId


@dataclass(slots=True)
class Proposal:
    """A match, the mentor's seats and the mentee's requests."""

    match: Match
    mentor: MentorSeats
    mentee: MenteeRequests

    def make(self, offer: Offer, program: ProgramCopy, at: datetime) -> list[Event]:
        """Ask the two. Raises a `MenteeUnavailable` or a `MentorUnavailable` before anything is changed."""
        offer.mentee.check(program.id, Role.MENTEE)
        offer.mentor.check(program.id, Role.MENTOR)
        mentor_id, mentee_id = ApplicationId(offer.mentor.id), ApplicationId(offer.mentee.id)
        self.mentee.check_can_ask(mentor_id, program.open_requests)
        self.mentor.check_can_be_asked(offer.seats, offer.is_by_hand)
        self.mentee.ask(self._id, mentor_id, ProgramId(program.id))
        self.mentor.ask(self._id, mentee_id, ProgramId(program.id))
        until = at + timedelta(days=program.proposal_days)
        return [self.match.propose(offer, at, until, program.reminders)]

    def accept(self, by: str, seats: int, at: datetime) -> MatchAccepted | None:
        """Say yes; the second yes takes the seat. Raises `SeatsTaken` if the mentor's `seats` are gone."""
        accepted = self.match.accept(by, at)
        if accepted is not None:
            self.mentor.take(self._id, seats)
            self.mentee.accept(self._id)
        return accepted

    def beaten(self, rivals: Sequence["Proposal"], seats: int) -> list["Proposal"]:
        """Those of the rivals that are impossible now: of a mentor, or of a mentee, who has no room for more."""
        full = {self.mentor.id} if not self.mentor.has_free(seats) else set()
        full |= {self.mentee.id} if not self.mentee.has_room else set()
        return [rival for rival in rivals if full & {rival.mentor.id, rival.mentee.id}]

    def decline(self, by: str, reason: DeclineReason, at: datetime) -> list[Event]:
        """Say no."""
        declined = self.match.decline(by, reason, at)
        self._close(in_vain=True)
        return [declined]

    def expire(self, at: datetime) -> list[Event]:
        """Time is up."""
        expired = self.match.expire(at)
        self._close(in_vain=True)
        return [expired]

    def supersede(self, accepted: Match, at: datetime) -> list[Event]:
        """The other match was first. It is nobody's no: the two may be proposed to each other again."""
        superseded = self.match.supersede(accepted, at)
        self._close()
        return [superseded]

    def withdraw(self, at: datetime) -> list[Event]:
        """It is nobody's no: the two may be proposed to each other again, if nothing else forbids it."""
        withdrawn = self.match.withdraw(at)
        self._close()
        return [withdrawn]

    def unwind(self, reason: UnwindReason, at: datetime) -> list[Event]:
        """End what both have accepted: the seat is free, and the mentee comes first from now on."""
        unwound = self.match.unwind(reason, at)
        self._part()
        return [unwound]

    def request_rematch(self, by: str, on_behalf_of: Role | None, at: datetime) -> list[Event]:
        """Unwind it because one of the two wants another match."""
        events = self.match.request_rematch(by, on_behalf_of, at)
        self._part()
        return events

    def end(self, at: datetime) -> list[Event]:
        """One of the two has left: whatever there is between them is over."""
        return self.withdraw(at) if self.match.is_open else self.unwind(UnwindReason.LEFT, at)

    @property
    def _id(self) -> MatchId:
        return MatchId(self.match.id)

    def _part(self) -> None:
        self.mentor.free(self._id)
        self.mentee.part(self._id, self.match.mentor_application_id)

    def _close(self, in_vain: bool = False) -> None:
        self.mentor.close(self._id)
        self.mentee.close(self._id, in_vain)


def check_apart(mentor: MentorSeats, mentee: MenteeRequests) -> None:
    """Raises `PairMatched` if the two have an accepted match."""
    for match_id in mentee.accepted:
        if match_id in mentor.taken:
            raise PairMatched("These two are matched: unwind their match first.", match_id=match_id)


def proposals(
    matches: Sequence[Match], mentors: Sequence[MentorSeats], mentees: Sequence[MenteeRequests]
) -> list[Proposal]:
    """Matches with the places that they are about, each at the same place of its list."""
    return [Proposal(*found) for found in zip(matches, mentors, mentees, strict=True)]
