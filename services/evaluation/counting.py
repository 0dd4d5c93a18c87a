"""Keeps the facts that the figures count: one reaction for each kind of event, all alike."""

from services.evaluation.facts import ApplicationFact, InvitationFact, Mark, MatchFact, SessionFact
from shared.contracts.evaluation import FeedbackGiven, SurveyInvited
from shared.contracts.event import Event
from shared.contracts.intake import ApplicationApproved, ApplicationWithdrawn, ParticipantLeft
from shared.contracts.matching import MatchAccepted, MatchDeclined, MatchExpired, MatchProposed, MatchUnwound
from shared.contracts.sessions import SessionCancelled, SessionCompleted, SessionRescheduled, SessionScheduled
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create

counting = Handlers()

APPLICATION = {"fact": create(ApplicationFact, "application_id")}
MATCH = {"fact": create(MatchFact, "match_id")}
SESSION = {"fact": create(SessionFact, "session_id")}
INVITATION = {"fact": create(InvitationFact, "invitation_id")}


def mark(event: Event, ctx: Context) -> Mark:
    """That this event has come."""
    return Mark(event_id=ctx.message_id, type=event.about.name, at=ctx.occurred_at)


@counting.on("count-approval", loads=APPLICATION)
def count_approval(event: ApplicationApproved, fact: ApplicationFact, ctx: Context) -> None:
    """One more who may be matched."""
    fact.note(event, mark(event, ctx))


@counting.on("count-withdrawal", loads=APPLICATION)
def count_withdrawal(event: ApplicationWithdrawn, fact: ApplicationFact, ctx: Context) -> None:
    """One less who may be matched."""
    fact.note(event, mark(event, ctx))


@counting.on("count-leaving", loads=APPLICATION)
def count_leaving(event: ParticipantLeft, fact: ApplicationFact, ctx: Context) -> None:
    """One less who takes part."""
    fact.note(event, mark(event, ctx))


@counting.on("count-proposal", loads=MATCH)
def count_proposal(event: MatchProposed, fact: MatchFact, ctx: Context) -> None:
    """Says which application the answer will be about."""
    fact.note(event, mark(event, ctx))


@counting.on("count-acceptance", loads=MATCH)
def count_acceptance(event: MatchAccepted, fact: MatchFact, ctx: Context) -> None:
    """One more pair."""
    fact.note(event, mark(event, ctx))


@counting.on("count-decline", loads=MATCH)
def count_decline(event: MatchDeclined, fact: MatchFact, ctx: Context) -> None:
    """One more no."""
    fact.note(event, mark(event, ctx))


@counting.on("count-expiry", loads=MATCH)
def count_expiry(event: MatchExpired, fact: MatchFact, ctx: Context) -> None:
    """One more without an answer."""
    fact.note(event, mark(event, ctx))


@counting.on("count-unwound-match", loads=MATCH)
def count_unwound_match(event: MatchUnwound, fact: MatchFact, ctx: Context) -> None:
    """One pair less."""
    fact.note(event, mark(event, ctx))


@counting.on("count-session", loads=SESSION)
def count_session(event: SessionScheduled, fact: SessionFact, ctx: Context) -> None:
    """One more that will be due."""
    fact.note(event, mark(event, ctx))


@counting.on("count-moved-session", loads=SESSION)
def count_moved_session(event: SessionRescheduled, fact: SessionFact, ctx: Context) -> None:
    """It is due at another time."""
    fact.note(event, mark(event, ctx))


@counting.on("count-cancelled-session", loads=SESSION)
def count_cancelled_session(event: SessionCancelled, fact: SessionFact, ctx: Context) -> None:
    """It is not due any more."""
    fact.note(event, mark(event, ctx))


@counting.on("count-completed-session", loads=SESSION)
def count_completed_session(event: SessionCompleted, fact: SessionFact, ctx: Context) -> None:
    """One more that was held."""
    fact.note(event, mark(event, ctx))


@counting.on("count-invitation", loads=INVITATION)
def count_invitation(event: SurveyInvited, fact: InvitationFact, ctx: Context) -> None:
    """One more who was asked."""
    fact.note(event, mark(event, ctx))


@counting.on("count-feedback", loads=INVITATION)
def count_feedback(event: FeedbackGiven, fact: InvitationFact, ctx: Context) -> None:
    """One more who has answered."""
    fact.note(event, mark(event, ctx))
