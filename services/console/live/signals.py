"""What pages are told: the names of signals, of which events each is made, and who hears it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from shared.contracts.access import (
    AccessRevoked,
    GuessingNoticed,
    IdentityProviderRemoved,
    IdentityProviderSet,
    PasskeyAdded,
    PasskeyRemoved,
    PersonResumed,
    PersonSuspended,
)
from shared.contracts.departures import OrganizationLeft, PersonErased
from shared.contracts.evaluation import FeedbackGiven, RelationshipAtRisk, SurveyAnswered, SurveyInvited, SurveyReminded
from shared.contracts.event import Event
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    CapacityChanged,
    OrganizationRegistered,
    ParticipantLeft,
    ParticipantPaused,
    ParticipantResumed,
    PersonCorrected,
    PersonMerged,
    ProgramPublished,
)
from shared.contracts.matching import (
    ExclusionAdded,
    ExclusionLifted,
    LeftWithoutMatch,
    MatchAccepted,
    MatchAnswerAwaited,
    MatchDeclined,
    MatchExpired,
    MatchExtended,
    MatchPinned,
    MatchProposed,
    MatchQuestionAsked,
    MatchRunCompleted,
    MatchRunRequested,
    MatchSuperseded,
    MatchUnpinned,
    MatchUnwound,
    MatchWithdrawn,
    NoMatchFound,
    RematchRequested,
    WaitingEnded,
)
from shared.contracts.notify import NotificationFailed, NotificationSent
from shared.contracts.roles import (
    PartnerAdminGranted,
    PartnerAdminInvited,
    PartnerAdminRevoked,
    PasskeysRequired,
    PersonInvited,
    RoleGranted,
    RoleRevoked,
)
from shared.contracts.sessions import (
    ActionAssigned,
    ActionCompleted,
    RelationshipEndedEarly,
    RelationshipStarted,
    SessionCancelled,
    SessionCompleted,
    SessionRescheduled,
    SessionScheduled,
)
from shared.contracts.suspension import OrganizationResumed, OrganizationSuspended
from shared.web.auth import Caller

ACCESS = "access"
"""No page hears this one: it has a stream look whether whoever hears it is still let in, and as what."""

EVENTS: Mapping[str, tuple[type[Event], ...]] = {
    ACCESS: (
        AccessRevoked,
        PersonSuspended,
        PersonResumed,
        OrganizationSuspended,
        RoleGranted,
        RoleRevoked,
        PartnerAdminGranted,
        PartnerAdminRevoked,
    ),
    "applications": (
        ApplicationSubmitted,
        ApplicationApproved,
        ApplicationWithdrawn,
        CapacityChanged,
        ParticipantPaused,
        ParticipantResumed,
        ParticipantLeft,
    ),
    "feedback": (SurveyInvited, SurveyReminded, SurveyAnswered, FeedbackGiven),
    "letters": (NotificationSent, NotificationFailed),
    "matches": (
        MatchProposed,
        MatchAccepted,
        MatchDeclined,
        MatchExpired,
        MatchExtended,
        MatchSuperseded,
        MatchWithdrawn,
        MatchUnwound,
        MatchAnswerAwaited,
        MatchQuestionAsked,
        RematchRequested,
        ExclusionAdded,
        ExclusionLifted,
        MatchPinned,
        MatchUnpinned,
    ),
    "organization": (
        OrganizationRegistered,
        OrganizationResumed,
        IdentityProviderSet,
        IdentityProviderRemoved,
        PasskeysRequired,
        GuessingNoticed,
    ),
    "people": (
        PersonInvited,
        PartnerAdminInvited,
        PersonCorrected,
        PersonMerged,
        PersonErased,
        OrganizationLeft,
        PasskeyAdded,
        PasskeyRemoved,
    ),
    "programs": (ProgramPublished,),
    "relationships": (RelationshipStarted, RelationshipEndedEarly),
    "risks": (RelationshipAtRisk,),
    "runs": (MatchRunRequested, MatchRunCompleted, NoMatchFound),
    "sessions": (
        SessionScheduled,
        SessionRescheduled,
        SessionCancelled,
        SessionCompleted,
        ActionAssigned,
        ActionCompleted,
    ),
    "waiting": (LeftWithoutMatch, WaitingEnded),
}
"""Of which events each signal is made."""

ALSO = {ACCESS: "people"}
"""Signals that mean another one, too."""

NAMES = tuple(sorted(EVENTS.keys() - {ACCESS}))
"""The signals that pages hear."""

SIGNAL_OF = {event: name for name, events in EVENTS.items() for event in events}
TOLD: Any = reduce(or_, SIGNAL_OF)  # a union of all their types
"""All events that make a signal."""

OF_THE_STAFF = ("risks", "runs")
"""What those learn of who look after a program, and not those whom it is about."""
OF_ALL = ("programs",)
"""What everybody in the organization may see."""
OF_REVIEWERS = ("applications",)
OF_LEADS = ("applications", "matches", "programs", "relationships", "runs", "sessions", "waiting")
"""What is heard, of their program, by those who look after a part of it: figures are for managers."""
BY_ROLE: Mapping[str, tuple[str, ...]] = {"manager": NAMES, "lead": OF_LEADS, "reviewer": OF_REVIEWERS}


@dataclass(frozen=True, slots=True)
class Audience:
    """Who hears of an event: some people, those who look after a program, and admins."""

    tenant: str
    signal: str
    program_id: str = ""
    people: tuple[str, ...] = ()

    def has(self, caller: Caller) -> bool:
        """Return whether somebody belongs to it."""
        if caller.tenant != self.tenant:
            return False
        if self.signal == ACCESS and not self.people:
            return True
        if self.signal in OF_ALL or caller.subject in self.people or "admin" in caller.roles:
            return True
        roles = (role for role, signals in BY_ROLE.items() if self.signal in signals)
        return bool(self.program_id) and any(f"{role}:{self.program_id}" in caller.roles for role in roles)


WAITS: Mapping[type[Event], str] = {
    ApplicationSubmitted: "applications/{program_id}",
    LeftWithoutMatch: "waiting/{program_id}",
    SurveyInvited: "feedback/{person_id}",
}
"""Events after which something waits for somebody, and where."""
STILL_WAITS = (CapacityChanged, SurveyReminded)
"""Events after which it waits if it has waited before; after all others of the same thing it does not."""


def place_of(event: Event, before: str) -> str:
    """Return where what an event is about waits for somebody, if it does."""
    if isinstance(event, STILL_WAITS):
        return before
    return WAITS.get(type(event), "").format(**dict(event))


def people_of(event: Event) -> tuple[str, ...]:
    """Return whom an event concerns, who may see what it is about."""
    if SIGNAL_OF[type(event)] in OF_THE_STAFF:
        return ()
    if person_id := getattr(event, "person_id", None):
        return (str(person_id),)
    if access_id := getattr(event, "access_id", None):
        return (str(access_id).rpartition("/")[2],)
    two = (getattr(event, side, None) for side in ("mentor_id", "mentee_id"))
    members = (member.person_id for member in getattr(event, "members", ()))
    return tuple(str(one) for one in (*two, *members) if one)
