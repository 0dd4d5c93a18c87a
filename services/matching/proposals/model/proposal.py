"""A match with the seats and the requests that it is about: what one answer changes, it changes in all three."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel

from services.matching.pool.model.participant import Participant
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import Program
from services.matching.proposals.model.match import Match, Offer
from services.matching.proposals.model.match_status import DeclineReason, UnwindReason
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.proposals.model.unavailable import PairMatched
from shared.contracts.event import Event
from shared.contracts.intake import Role
from shared.contracts.matching import MatchAccepted
from shared.engine.authoring.loads import Bundle, create, reads, require
from shared.ids import ApplicationId, MatchId, ProgramId


class Proposal(Bundle):
    """A match with the mentor's seats and the mentee's requests."""

    match: Annotated[Match, require("match_id")]
    mentor: Annotated[MentorSeats, create("match.mentor_application_id")]
    mentee: Annotated[MenteeRequests, create("match.mentee_application_id")]

    def make(self, offer: Offer, program: Program, at: datetime) -> list[Event]:
        """Ask the two. Raises a `MenteeUnavailable` or a `MentorUnavailable` before anything is changed."""
        mentor_id, mentee_id = ApplicationId(offer.mentor.id), ApplicationId(offer.mentee.id)
        self.check(offer, program, at)
        self.mentee.ask(self._id, mentor_id, ProgramId(program.id))
        self.mentor.ask(self._id, mentee_id, ProgramId(program.id))
        until = at + timedelta(days=program.rules.proposal_days)
        proposed = self.match.propose(offer, at, until, program.reminders)
        return [proposed, *offer.mentor.stop_waiting(), *offer.mentee.stop_waiting()]

    def check(self, offer: Offer, program: Program, at: datetime) -> None:
        """Raises a `MenteeUnavailable` or a `MentorUnavailable` if the two cannot be asked."""
        offer.mentee.check(program.id, Role.MENTEE)
        offer.mentor.check(program.id, Role.MENTOR)
        mentor_id = ApplicationId(offer.mentor.id)
        self.mentee.check_can_ask(mentor_id, program.rules.open_requests)
        if not offer.is_by_hand:
            self.mentee.check_searched(mentor_id, at)
        self.mentor.check_can_be_asked(offer.seats, offer.is_by_hand)
        if not offer.despite_score:
            offer.fit.check_reaches(program.rules.minimum_score)

    def accept(self, by: str, seats: int, at: datetime) -> MatchAccepted | None:
        """Say yes; the second yes takes the seat. Raises `SeatsTaken` if the mentor's `seats` are gone."""
        accepted = self.match.accept(by, at)
        if accepted is not None:
            self.mentor.accept(self._id, seats)
            self.mentee.accept(self._id)
        return accepted

    def decline(self, by: str, reason: DeclineReason, at: datetime) -> list[Event]:
        """Say no: the mentor is not asked again for this mentee."""
        declined = self.match.decline(by, reason, at)
        self.mentor.close(self._id)
        self.mentee.decline(self._id)
        return [declined]

    def expire(self, at: datetime) -> list[Event]:
        """End it because time is up: a search does not propose the two again for a while."""
        expired = self.match.expire(at)
        self.mentor.close(self._id)
        self.mentee.expire(self._id, at)
        return [expired]

    def supersede(self, accepted: Match, at: datetime) -> list[Event]:
        """End it because another match was accepted first. Neither has declined: the two may be proposed again."""
        superseded = self.match.supersede(accepted, at)
        self._close()
        return [superseded]

    def withdraw(self, at: datetime) -> list[Event]:
        """End it although neither has declined: the two may be proposed again, if nothing else forbids it."""
        withdrawn = self.match.withdraw(at)
        self._close()
        return [withdrawn]

    def take_back(self, at: datetime) -> list[Event]:
        """End it since those who run the program want that: a search does not propose the two again for a while."""
        withdrawn = self.match.withdraw(at)
        self.mentor.close(self._id)
        self.mentee.expire(self._id, at)
        return [withdrawn]

    def unwind(self, reason: UnwindReason, at: datetime) -> list[Event]:
        """End what both have accepted: the seat is free, and the mentee comes first from now on."""
        unwound = self.match.unwind(reason, at)
        self._release()
        return [unwound]

    def request_rematch(self, by: str, on_behalf_of: Role | None, at: datetime) -> list[Event]:
        """Unwind it because one of the two wants another match."""
        events = self.match.request_rematch(by, on_behalf_of, at)
        self._release()
        return events

    def end(self, at: datetime) -> list[Event]:
        """End whatever there is between the two because one of them has left."""
        return self.withdraw(at) if self.match.is_open else self.unwind(UnwindReason.LEFT, at)

    @property
    def _id(self) -> MatchId:
        return MatchId(self.match.id)

    def _release(self) -> None:
        self.mentor.release(self._id)
        self.mentee.unwind(self._id, self.match.mentor_application_id)

    def _close(self) -> None:
        self.mentor.close(self._id)
        self.mentee.close(self._id)


def open_matches(_: BaseModel, mentor: MentorSeats | None, mentee: MenteeRequests | None) -> list[MatchId]:
    """The open matches of the two, or of a participant, who is either."""
    return [*{**(mentor.open if mentor else {}), **(mentee.open if mentee else {})}]


def rivals_of(_: BaseModel, match: Match, mentor: MentorSeats, mentee: MenteeRequests) -> list[MatchId]:
    """The open matches that the second yes to this one may end; the first yes ends none."""
    return [id for id in open_matches(_, mentor, mentee) if id != match.id] if match.is_half_accepted else []


class ContestedProposal(Proposal):
    """A proposal with its rivals: open matches of the same mentor or the same mentee, which its acceptance may end."""

    participants: Annotated[list[Participant], require("match.applications")]
    profile: Annotated[ProfileCopy | None, reads("match.mentor_application_id")]
    rivals: Annotated[list[Match], require(rivals_of)]
    rival_mentors: Annotated[list[MentorSeats], create("rivals.mentor_application_id")]
    rival_mentees: Annotated[list[MenteeRequests], create("rivals.mentee_application_id")]

    @property
    def seats(self) -> int:
        """How many seats the mentor offers; 0 if the profile is gone."""
        return self.profile.seats if self.profile else 0

    def beaten(self) -> list[Proposal]:
        """The rivals that an acceptance has made impossible: those of a mentor or a mentee without room for more."""
        full = {self.mentor.id} if not self.mentor.has_free(self.seats) else set()
        full |= {self.mentee.id} if not self.mentee.has_room else set()
        rivals = proposals(self.rivals, self.rival_mentors, self.rival_mentees)
        return [rival for rival in rivals if full & {rival.mentor.id, rival.mentee.id}]


class NewProposal(Proposal):
    """A match that two of a program's participants are to be asked about."""

    match: Annotated[Match, create()]
    mentor: Annotated[MentorSeats, create("mentor_application_id")]
    mentee: Annotated[MenteeRequests, create("mentee_application_id")]
    program: Annotated[Program, require("program_id")]


def check_not_matched(mentor: MentorSeats, mentee: MenteeRequests) -> None:
    """Raises `PairMatched` if the two have an accepted match."""
    for match_id in mentee.accepted:
        if match_id in mentor.accepted:
            raise PairMatched("These two are matched: unwind their match first.", match_id=match_id)


def proposals(
    matches: Iterable[Match], mentors: Iterable[MentorSeats], mentees: Iterable[MenteeRequests]
) -> list[Proposal]:
    """Put matches together with the seats and the requests that they are about, all in the same order."""
    return [
        Proposal(match=match, mentor=mentor, mentee=mentee)
        for match, mentor, mentee in zip(matches, mentors, mentees, strict=True)
    ]
