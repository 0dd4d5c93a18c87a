"""What an event gives reason to say, and to whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notify.messages.model.draft import Draft, Meeting, Proposal, Template
from shared.contracts.evaluation import SurveyAnswered, SurveyInvited, SurveyReminded
from shared.contracts.event import Event
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ParticipantLeft,
    Role,
)
from shared.contracts.matching import (
    MatchAccepted,
    MatchAnswerAwaited,
    MatchDeclined,
    MatchExpired,
    MatchProposed,
    MatchSuperseded,
    MatchUnwound,
    MatchWithdrawn,
)
from shared.contracts.members import Member, MemberRole, others, pair
from shared.contracts.sessions import RelationshipEndedEarly, SessionCancelled, SessionRescheduled, SessionScheduled

OfApplication = ApplicationSubmitted | ApplicationApproved
OfMatch = MatchAccepted | MatchDeclined | MatchExpired | MatchUnwound
OfSession = SessionScheduled | SessionRescheduled | SessionCancelled
OfSurvey = SurveyInvited | SurveyReminded
OfPair = MatchProposed | MatchAnswerAwaited | OfMatch
Told = OfApplication | OfPair | OfSession | OfSurvey

TEMPLATES: Mapping[type[Event], Template] = {
    ApplicationSubmitted: Template.APPLICATION_RECEIVED,
    ApplicationApproved: Template.APPLICATION_APPROVED,
    MatchAnswerAwaited: Template.MATCH_REMINDER,
    MatchAccepted: Template.MATCH_ACCEPTED,
    MatchDeclined: Template.MATCH_DECLINED,
    MatchExpired: Template.MATCH_EXPIRED,
    MatchUnwound: Template.MATCH_UNWOUND,
    SessionScheduled: Template.SESSION_SCHEDULED,
    SessionRescheduled: Template.SESSION_RESCHEDULED,
    SessionCancelled: Template.SESSION_CANCELLED,
    SurveyInvited: Template.FEEDBACK_REQUESTED,
    SurveyReminded: Template.FEEDBACK_REMINDER,
}

STAGES: Mapping[type[Event], int] = {
    ApplicationSubmitted: 0,
    ApplicationApproved: 1,
    ApplicationWithdrawn: 2,
    ParticipantLeft: 2,
    MatchProposed: 0,
    MatchAnswerAwaited: 0,
    MatchAccepted: 1,
    MatchDeclined: 1,
    MatchExpired: 1,
    MatchSuperseded: 1,
    MatchWithdrawn: 1,
    MatchUnwound: 2,
    RelationshipEndedEarly: 1,
    SurveyInvited: 0,
    SurveyReminded: 1,
    SurveyAnswered: 2,
}
"""How far an event takes what it is about; a session is taken to its revision."""


def subject(event: Event) -> str:
    """What the event is about, such as `match/<id>`."""
    return f"{event.about.aggregate}/{event.subject_id}"


def stage(event: Event) -> int:
    """How far the event takes its subject."""
    if isinstance(event, OfSession):
        return event.revision
    return STAGES[type(event)]


def about_application(event: OfApplication) -> list[Draft]:
    """The applicant is told how it stands."""
    applicant = Member(person_id=event.person_id, role=MemberRole(event.role))
    return _to_each(event, [applicant], path=f"applications/{event.application_id}")


def about_proposal(event: MatchProposed) -> list[Draft]:
    """Both are asked, and told why."""
    proposal = Proposal(
        reasons=event.reasons,
        mentor_application_id=event.mentor_application_id,
        mentee_application_id=event.mentee_application_id,
    )
    facts = {"path": f"matches/{event.match_id}", "times": (event.expires_at,), "proposal": proposal}
    return _to_each(event, _pair_of(event), **facts)


def about_awaited_answer(event: MatchAnswerAwaited) -> list[Draft]:
    """Who has not answered is reminded; whether the other one has is not told."""
    drafts = _to_each(event, _pair_of(event), path=f"matches/{event.match_id}", times=(event.expires_at,))
    return [draft for draft in drafts if draft.role in {MemberRole(role) for role in event.awaited}]


def about_match(event: OfMatch) -> list[Draft]:
    """Both are told what became of it, without who said no or asked for an end, or why.

    A mentor who said no is not told so.
    """
    to_mentor, to_mentee = _to_each(event, _pair_of(event), path=f"matches/{event.match_id}")
    if isinstance(event, MatchDeclined) and event.declined_by is Role.MENTOR:
        return [to_mentee]
    return [to_mentor, to_mentee]


def about_session(event: OfSession) -> list[Draft]:
    """All members are told when it is, or that it will not be held."""
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
    facts = {"path": _session_page(event), "times": times, "meeting": meeting}
    return _to_each(event, event.members, **facts)


def _session_page(event: OfSession) -> str:
    """The session's page, or where another one can be planned."""
    off = isinstance(event, SessionCancelled)
    return f"relationships/{event.relationship_id}" if off else f"sessions/{event.session_id}"


def about_survey(event: OfSurvey) -> list[Draft]:
    """The person is asked about a session with the others."""
    drafts = _to_each(event, event.members, path=f"feedback/{event.invitation_id}")
    return [draft for draft in drafts if draft.person_id == event.person_id]


def _pair_of(event: OfPair) -> tuple[Member, ...]:
    return pair(event.mentor_id, event.mentee_id)


def _to_each(event: Told, members: Sequence[Member], **facts: Any) -> list[Draft]:  # facts are of several types
    """A draft to each of the members, which names the others."""
    return [
        Draft(
            template=_template(event, member.role),
            subject=subject(event),
            stage=stage(event),
            program_id=event.program_id,
            person_id=member.person_id,
            role=member.role,
            others=others(members, member.person_id),
            **facts,
        )
        for member in members
    ]


def _template(event: Told, role: MemberRole) -> Template:
    if not isinstance(event, MatchProposed):
        return TEMPLATES[type(event)]
    return Template.MATCH_PROPOSED_TO_MENTOR if role is MemberRole.MENTOR else Template.MATCH_PROPOSED_TO_MENTEE
