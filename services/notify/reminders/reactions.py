"""Reminders of sessions, by timers until so many minutes before, and of proposals that wait for an answer."""

from datetime import timedelta
from typing import Annotated

from services.notify.catalog.match_reminder import match_reminder
from services.notify.catalog.session_reminder import session_reminder
from services.notify.messages.model.notification import Notification
from services.notify.messages.model.progress import MatchStage, Progress, subject
from services.notify.messages.queue import queue
from services.notify.reminders.model import (
    Reminder,
    RemindOfAnswer,
    RemindOfSession,
    reminder_ids,
    session_reminders,
)
from shared.contracts.matching import MatchAnswerAwaited
from shared.contracts.sessions import SessionCancelled, SessionRescheduled, SessionScheduled
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, require

reactions = Handlers()

ItsProgress = Annotated[Progress, create(subject)]


class DueReminder(Bundle):
    """A reminder of a session that is due, how far the session has come, and the notification to queue."""

    progress: Annotated[Progress, require("draft.subject")]
    reminder: Annotated[Reminder, create("reminder_id")]
    notification: Annotated[Notification, create("draft.id")]


@reactions.on("plan-session-reminders")
def plan_session_reminders(event: SessionScheduled | SessionRescheduled, progress: ItsProgress, ctx: Context) -> None:
    """Plan the reminders of a session, and cancel those for which it is too late, though not at its earlier time."""
    if not progress.reach(event.revision):
        return
    for reminder in session_reminders(event, session_reminder.drafts(event), ctx.message_id):
        if reminder.due_at > ctx.now:
            ctx.at(reminder.due_at, reminder, id=reminder.reminder_id, replace=True)
        else:
            ctx.cancel(reminder.reminder_id)


@reactions.on("cancel-session-reminders")
def cancel_session_reminders(event: SessionCancelled, progress: ItsProgress, ctx: Context) -> None:
    """Cancel the reminders of a session."""
    if progress.reach(event.revision):
        for id in reminder_ids(event):
            ctx.cancel(id)


@reactions.on("remind-of-session")
def remind_of_session(timer: RemindOfSession, due: DueReminder, ctx: Context) -> None:
    """Remind a person of a session, unless it was moved or cancelled, or has begun."""
    if due.progress.outdates(timer.draft) or timer.draft.is_late(ctx.now):
        return
    due.progress.remind(timer.draft)
    ctx.emit(*due.reminder.fire(timer.draft, timer.due_at, at=ctx.now))
    queue(timer.draft, due.notification, timer.event_id, ctx)


@reactions.on("remind-of-proposal")
def remind_of_proposal(event: MatchAnswerAwaited, progress: ItsProgress, ctx: Context) -> None:
    """Remind those who have not answered a proposal."""
    if not progress.reach(MatchStage.PROPOSED):
        return
    # The time that is left tells one reminder of a proposal from the next.
    minutes = (event.expires_at - ctx.occurred_at) // timedelta(minutes=1)
    for draft in match_reminder.drafts(event):
        reminder = draft.model_copy(update={"minutes": minutes})
        progress.remind(reminder)
        ctx.at(ctx.now, RemindOfAnswer(event_id=ctx.message_id, draft=reminder), id=f"remind/{reminder.id}")


@reactions.on("remind-of-answer")
def remind_of_answer(
    timer: RemindOfAnswer, notification: Annotated[Notification, create("draft.id")], ctx: Context
) -> None:
    """Queue the reminder of an answer; whether the proposal is still open is checked when it is sent."""
    queue(timer.draft, notification, timer.event_id, ctx)
