"""A match together with the two places that it is about: what one answer changes, it changes in all three."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.matching.model.match import DeclineReason, Match, Offer
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import ProgramCopy
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
        return [self.match.propose(offer, at, until=at + timedelta(days=program.proposal_days))]

    def accept(self, by: str, seats: int, at: datetime) -> MatchAccepted | None:
        """Say yes; the second yes takes the seat. Raises `SeatsTaken` if the mentor's `seats` are gone."""
        accepted = self.match.accept(by, at)
        if accepted is not None:
            self.mentor.take(self._id, seats)
            self.mentee.accept(self._id)
        return accepted

    def beaten(self, rivals: Sequence["Proposal"], seats: int) -> list["Proposal"]:
        """Those of the rivals that are impossible now: the mentee's other requests, and all for a seat that is gone."""
        is_full = not self.mentor.has_free(seats)
        return [rival for rival in rivals if is_full or rival.mentee.id == self.mentee.id]

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
        """One of the two has left."""
        withdrawn = self.match.withdraw(at)
        self._close()
        return [withdrawn]

    @property
    def _id(self) -> MatchId:
        return MatchId(self.match.id)

    def _close(self, in_vain: bool = False) -> None:
        self.mentor.close(self._id)
        self.mentee.close(self._id, in_vain)


def proposals(
    matches: Sequence[Match], mentors: Sequence[MentorSeats], mentees: Sequence[MenteeRequests]
) -> list[Proposal]:
    """Matches with the places that they are about, each at the same place of its list."""
    return [Proposal(*found) for found in zip(matches, mentors, mentees, strict=True)]
