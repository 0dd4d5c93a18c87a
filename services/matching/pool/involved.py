"""A participant with those of their matches that a change concerns, and with everybody whom these are about."""

from typing import Annotated

from pydantic import BaseModel

from services.matching.pool.model.participant import Participant, ParticipantEvent, profile_of_newcomer
from services.matching.pool.model.profile import ProfileCopy
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.proposal import Proposal, open_matches, proposals
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.contracts.intake import CapacityChanged, Role
from shared.engine.authoring.loads import Bundle, awaits, create, require
from shared.ids import ApplicationId, MatchId


def if_mentor(event: ParticipantEvent) -> ApplicationId | None:
    """The application, if it is a mentor's."""
    return event.application_id if event.role is Role.MENTOR else None


def if_mentee(event: ParticipantEvent) -> ApplicationId | None:
    """The application, if it is a mentee's."""
    return event.application_id if event.role is Role.MENTEE else None


def all_matches(_: BaseModel, mentor: MentorSeats | None, mentee: MenteeRequests | None) -> list[MatchId]:
    """The open and the accepted matches of a participant."""
    accepted = (mentor.accepted if mentor else []) + (mentee.accepted if mentee else [])
    return [*open_matches(_, mentor, mentee), *accepted]


def surplus_matches(event: CapacityChanged, mentor: MentorSeats | None, mentee: MenteeRequests | None) -> list[MatchId]:
    """The open matches of a participant for which there is no room any more."""
    one = mentor or mentee
    return one.surplus(event.capacity) if one else []


class Newcomer(Bundle):
    """A participant who is approved, with what they stated, and with the requests of a mentee."""

    participant: Annotated[Participant, create("application_id")]
    profile: Annotated[ProfileCopy | None, awaits(profile_of_newcomer)]
    mentee: Annotated[MenteeRequests | None, create(if_mentee)]


class Involved(Bundle):
    """A participant with all of their matches, and with the seats and the requests that these are about."""

    participant: Annotated[Participant, create("application_id")]
    mentor: Annotated[MentorSeats | None, create(if_mentor)]
    mentee: Annotated[MenteeRequests | None, create(if_mentee)]
    matches: Annotated[list[Match], require(all_matches)]
    mentors: Annotated[list[MentorSeats], create("matches.mentor_application_id")]
    mentees: Annotated[list[MenteeRequests], create("matches.mentee_application_id")]

    @property
    def proposals(self) -> list[Proposal]:
        """The matches, each with the seats and the requests that it is about."""
        return proposals(self.matches, self.mentors, self.mentees)


class InvolvedInOpen(Involved):
    """A participant with the matches that they are asked about."""

    matches: Annotated[list[Match], require(open_matches)]


class InvolvedInSurplus(Involved):
    """A participant with the open matches for which there is no room any more."""

    matches: Annotated[list[Match], require(surplus_matches)]
