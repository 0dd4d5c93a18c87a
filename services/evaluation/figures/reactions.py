"""How the facts that figures count are kept: one reaction for each kind of fact."""

from typing import Annotated

from services.evaluation.figures.model import (
    ApplicationFact,
    FeedbackFact,
    InvitationFact,
    Mark,
    MatchFact,
    SessionFact,
)
from shared.contracts.evaluation import FeedbackGiven, SurveyAnswered, SurveyInvited
from shared.contracts.event import Event
from shared.contracts.intake import ApplicationApproved, ApplicationWithdrawn, ParticipantLeft
from shared.contracts.matching import MatchAccepted, MatchDeclined, MatchExpired, MatchProposed, MatchUnwound
from shared.contracts.sessions import SessionCancelled, SessionCompleted, SessionRescheduled, SessionScheduled
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create

reactions = Handlers()


def mark(event: Event, ctx: Context) -> Mark:
    """Mark that this event has come."""
    return Mark(event_id=ctx.message_id, type=event.about.name, at=ctx.occurred_at)


@reactions.on("count-application")
def count_application(
    event: ApplicationApproved | ApplicationWithdrawn | ParticipantLeft,
    fact: Annotated[ApplicationFact, create("application_id")],
    ctx: Context,
) -> None:
    """Count who may be matched."""
    fact.note(event, mark(event, ctx))


@reactions.on("count-match")
def count_match(
    event: MatchProposed | MatchAccepted | MatchDeclined | MatchExpired | MatchUnwound,
    fact: Annotated[MatchFact, create("match_id")],
    ctx: Context,
) -> None:
    """Count proposals, how they are answered, and the matches that end early."""
    fact.note(event, mark(event, ctx))


@reactions.on("count-session")
def count_session(
    event: SessionScheduled | SessionRescheduled | SessionCancelled | SessionCompleted,
    fact: Annotated[SessionFact, create("session_id")],
    ctx: Context,
) -> None:
    """Count sessions that are due, and those that were held."""
    fact.note(event, mark(event, ctx))


@reactions.on("count-invitation")
def count_invitation(
    event: SurveyInvited | SurveyAnswered, fact: Annotated[InvitationFact, create("invitation_id")], ctx: Context
) -> None:
    """Count who was asked, and who has answered."""
    fact.note(event, mark(event, ctx))


@reactions.on("count-feedback")
def count_feedback(event: FeedbackGiven, fact: Annotated[FeedbackFact, create("feedback_id")], ctx: Context) -> None:
    """Count what was answered."""
    fact.note(event, mark(event, ctx))
