"""To whom the messages of the catalog go: drafts to a person, to a pair, to members, or to a respondent."""

from collections.abc import Sequence
from typing import Any

from services.notify.messages.model.draft import Addressee, Draft, Meeting
from services.notify.messages.model.progress import (
    ApplicationStage,
    InvitationStage,
    MatchStage,
    address_stage,
    subject,
    waiting_stage,
)
from shared.contracts.access import (
    AddressChangeRequested,
    GuessingNoticed,
    PasskeyAdded,
    PasskeyRemoved,
    PersonResumed,
    PersonSuspended,
    RefreshTokenReused,
    SignInGuessed,
    SignInRequested,
)
from shared.contracts.departures import ErasureRequested, OrganizationLeft
from shared.contracts.evaluation import SurveyInvited, SurveyReminded
from shared.contracts.event import Event
from shared.contracts.intake import ApplicationApproved, ApplicationSubmitted, PersonMerged, Role
from shared.contracts.matching import (
    LeftWithoutMatch,
    MatchAccepted,
    MatchAnswerAwaited,
    MatchDeclined,
    MatchExpired,
    MatchExtended,
    MatchProposed,
    MatchQuestionAsked,
    MatchUnwound,
)
from shared.contracts.members import Member, MemberRole, others, pair
from shared.contracts.roles import PartnerAdminInvited, PersonInvited
from shared.contracts.sessions import SessionCancelled, SessionRescheduled, SessionScheduled
from shared.contracts.suspension import OrganizationResumed, OrganizationSuspended

ApplicationEvent = ApplicationSubmitted | ApplicationApproved
TalkEvent = MatchQuestionAsked | MatchExtended
MatchEvent = (
    MatchProposed | MatchAnswerAwaited | TalkEvent | MatchAccepted | MatchDeclined | MatchExpired | MatchUnwound
)
SessionEvent = SessionScheduled | SessionRescheduled | SessionCancelled
SurveyEvent = SurveyInvited | SurveyReminded
PasskeyEvent = PasskeyAdded | PasskeyRemoved
RestEvent = OrganizationSuspended | OrganizationResumed
AccessEvent = (
    SignInRequested
    | SignInGuessed
    | RefreshTokenReused
    | PersonInvited
    | PartnerAdminInvited
    | PersonSuspended
    | PersonResumed
    | AddressChangeRequested
    | PersonMerged
    | PasskeyEvent
    | OrganizationLeft
    | ErasureRequested
)


WAYS_IN = "me/signing-in"
"""The page of passkeys, and of where somebody is signed in."""
TODAY = "today"


def to_each(event: Event, stage: int, members: Sequence[Member], **facts: Any) -> list[Draft]:  # of several types
    """Draft a message to each of the members, which names the others; facts are further fields of the drafts."""
    return [
        Draft(
            subject=subject(event),
            stage=stage,
            person_id=member.person_id,
            role=member.role,
            others=others(members, member.person_id),
            **facts,
        )
        for member in members
    ]


def to_person(event: AccessEvent, stage: int, **facts: Any) -> list[Draft]:  # of several types
    """Draft a message to a person about their way in, whatever programs they take part in."""
    return [Draft(subject=subject(event), stage=stage, person_id=event.person_id, **facts)]


def to_owner(event: PasskeyEvent) -> list[Draft]:
    """Draft a message to a person about one change of their passkeys, which no later one makes untrue."""
    return to_person(event, 0, number=event.changes, path=WAYS_IN)


def to_admins(event: RestEvent | GuessingNoticed) -> list[Draft]:
    """Draft a message to the admins of an organization; each outdates the one before about the same."""
    match event:
        case GuessingNoticed():
            stage, reason, path = event.times, event.guessed_at.value, "clients"
        case OrganizationSuspended():
            stage, reason, path = event.change, event.reason.value, ""
        case OrganizationResumed():
            stage, reason, path = event.change, "", TODAY
    facts = {"subject": subject(event), "stage": stage, "reason": reason, "path": path}
    return [Draft(person_id=admin, **facts) for admin in event.admins]


def to_address(event: AddressChangeRequested, addressee: Addressee) -> list[Draft]:
    """Draft a message about a change of somebody's address, to the old one or to the new one."""
    return to_person(
        event,
        address_stage(event),
        times=(event.expires_at,),
        number=event.number,
        address_change_id=event.change_id,
        addressee=addressee,
        is_awaited=True,
        reason="taken" if event.is_taken else "held" if event.is_held else "",
        path="me",
    )


def to_applicant(event: ApplicationEvent, stage: ApplicationStage) -> list[Draft]:
    """Draft a message to the person who has applied, which leads to the application."""
    applicant = Member(person_id=event.person_id, role=MemberRole(event.role))
    path = "applications"
    return to_each(event, stage, [applicant], program_id=event.program_id, path=path)


def to_pair(event: MatchEvent, stage: MatchStage, **facts: Any) -> tuple[Draft, Draft]:  # of several types
    """Draft a message to the mentor and one to the mentee of a match, which lead to the match."""
    members = pair(event.mentor_id, event.mentee_id)
    facts = {"program_id": event.program_id, "path": f"matches/{event.match_id}", **facts}
    to_mentor, to_mentee = to_each(event, stage, members, **facts)
    return to_mentor, to_mentee


def to_other_side(event: TalkEvent, by: Role, number: int) -> list[Draft]:
    """Draft a message to the one of two who has not caused the event, while they are still asked about a match."""
    drafts = to_pair(event, MatchStage.PROPOSED, times=(event.expires_at,), number=number)
    return [draft for draft in drafts if draft.role != MemberRole(by)]


def to_who_waits(event: LeftWithoutMatch) -> Draft:
    """Draft a message to the person who waits for a match, which leads to the application."""
    path = "applications"
    facts = {"program_id": event.program_id, "path": path, "reason": event.reason}
    person = Member(person_id=event.person_id, role=MemberRole(event.role))
    (draft,) = to_each(event, waiting_stage(event), [person], **facts)
    return draft


def to_members(event: SessionEvent, path: str) -> list[Draft]:
    """Draft a message about a session to all of its members; each revision of it outdates the one before."""
    previous = event.previous_starts_at if isinstance(event, SessionRescheduled) else None
    meeting = Meeting(
        session_id=event.session_id,
        relationship_id=event.relationship_id,
        revision=event.revision,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        previous_starts_at=previous,
    )
    times = (event.starts_at, previous) if previous else (event.starts_at,)
    facts = {"program_id": event.program_id, "path": path, "times": times, "meeting": meeting}
    return to_each(event, event.revision, event.members, **facts)


def to_respondent(event: SurveyEvent, stage: InvitationStage) -> list[Draft]:
    """Draft a message to the person who is asked for feedback, which names the others of the session."""
    facts = {"program_id": event.program_id, "path": f"feedback/{event.invitation_id}"}
    drafts = to_each(event, stage, event.members, **facts)
    return [draft for draft in drafts if draft.person_id == event.person_id]
