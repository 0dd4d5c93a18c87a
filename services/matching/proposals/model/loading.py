"""What handlers load, said once: the places that a match is about, and the matches that one answer may end."""

from collections.abc import Callable, Sequence

from pydantic import BaseModel

from services.matching.pool.model.participant import About, PoolEntry
from services.matching.pool.model.profile import ProfileCopy
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.contracts.intake import CapacityChanged, Role
from shared.engine.authoring.loads import Load, create, reads, require
from shared.ids import ApplicationId, MatchId


def open_of(_: BaseModel, mentor: MentorSeats | None, mentee: MenteeRequests | None) -> list[MatchId]:
    """The open matches of these two; of a participant, who is either, there is only one of them."""
    return [*{**(mentor.open if mentor else {}), **(mentee.open if mentee else {})}]


def all_of(_: BaseModel, mentor: MentorSeats | None, mentee: MenteeRequests | None) -> list[MatchId]:
    """The open and the accepted matches of a participant."""
    return [*open_of(_, mentor, mentee), *(mentor.taken if mentor else []), *(mentee.accepted if mentee else [])]


def beyond(event: CapacityChanged, mentor: MentorSeats | None, mentee: MenteeRequests | None) -> list[MatchId]:
    """The open matches of a participant for which there is no room any more."""
    places = mentor or mentee
    return places.beyond(event.capacity) if places else []


def rivals_of(_: BaseModel, match: Match, mentor: MentorSeats | None, mentee: MenteeRequests | None) -> list[MatchId]:
    """The open matches that the second yes to this one may end; the first yes ends none."""
    return [id for id in open_of(_, mentor, mentee) if id != match.id] if match.is_half_accepted else []


def mentors_of(matches: Sequence[Match]) -> list[ApplicationId]:
    """Whose seats they are about."""
    return [match.mentor_application_id for match in matches]


def mentees_of(matches: Sequence[Match]) -> list[ApplicationId]:
    """Whose requests they are."""
    return [match.mentee_application_id for match in matches]


def application_of(role: Role) -> Callable[[About], ApplicationId | None]:
    """The participant's application, if it is for this role."""
    return lambda event: event.application_id if event.role is role else None


def involved(matches_of: Callable[..., list[MatchId]]) -> dict[str, Load]:
    """A participant with their places, and some of their matches with the places that these are about."""
    return {
        "entry": create(PoolEntry, "application_id"),
        "mentor": create(MentorSeats, application_of(Role.MENTOR)),
        "mentee": create(MenteeRequests, application_of(Role.MENTEE)),
        "matches": require(Match, matches_of),
        "mentors": create(MentorSeats, lambda _, matches: mentors_of(matches)),
        "mentees": create(MenteeRequests, lambda _, matches: mentees_of(matches)),
    }


PROPOSAL = {
    "match": require(Match, "match_id"),
    "mentor": create(MentorSeats, lambda _, match: match.mentor_application_id),
    "mentee": create(MenteeRequests, lambda _, match: match.mentee_application_id),
}

RIVALS = {
    "profile": reads(ProfileCopy, lambda _, match: match.mentor_application_id),
    "rivals": require(Match, rivals_of),
    "rival_mentors": create(MentorSeats, lambda _, rivals: mentors_of(rivals)),
    "rival_mentees": create(MenteeRequests, lambda _, rivals: mentees_of(rivals)),
}
