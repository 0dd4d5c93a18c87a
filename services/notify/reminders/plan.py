"""Which reminders there are: of a session as long as it is planned, and of a proposal that waits for an answer."""

from collections.abc import Iterator
from datetime import timedelta

from services.notify.messages.model.draft import Template
from services.notify.messages.model.drafts import OfSession, about_awaited_answer, about_session
from services.notify.reminders.model import MINUTES_BEFORE, RemindOfAnswer, RemindOfSession
from shared.contracts.matching import MatchAnswerAwaited
from shared.engine.authoring.context import Context


def plan_reminders(event: OfSession, ctx: Context) -> None:
    """Remind all members; where it is too late for that, at least not of the time that the session had before."""
    for reminder in _reminders(event, ctx.message_id):
        if reminder.due_at > ctx.now:
            ctx.at(reminder.due_at, reminder, id=reminder.reminder_id, replace=True)
        else:
            ctx.cancel(reminder.reminder_id)


def cancel_reminders(event: OfSession, ctx: Context) -> None:
    """Remind nobody."""
    for reminder in _reminders(event, ctx.message_id):
        ctx.cancel(reminder.reminder_id)


def _reminders(event: OfSession, event_id: str) -> Iterator[RemindOfSession]:
    for draft in about_session(event):
        for minutes in MINUTES_BEFORE:
            changes = {"template": Template.SESSION_REMINDER, "minutes": minutes, "times": (event.starts_at,)}
            yield RemindOfSession(
                reminder_id=f"remind/{event.session_id}/{draft.person_id}/{minutes}",
                event_id=event_id,
                due_at=event.starts_at - timedelta(minutes=minutes),
                draft=draft.model_copy(update=changes),
            )


def remind_of_answer(event: MatchAnswerAwaited, ctx: Context) -> None:
    """Remind those who have not answered. The time that is left tells one reminder of a proposal from the next."""
    minutes = (event.expires_at - ctx.occurred_at) // timedelta(minutes=1)
    for draft in about_awaited_answer(event):
        said = draft.model_copy(update={"minutes": minutes})
        ctx.at(ctx.now, RemindOfAnswer(event_id=ctx.message_id, draft=said), id=f"remind/{said.id}")
