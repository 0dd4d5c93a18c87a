"""Reminders of sessions, by timers until so many minutes before, and of proposals that wait for an answer."""

from collections.abc import Iterator
from datetime import timedelta

from services.notify.messages.model.draft import Template
from services.notify.messages.model.drafts import OfSession, about_awaited_answer, about_session
from services.notify.messages.model.notification import Notification
from services.notify.messages.model.progress import Progress
from services.notify.messages.queue import queue
from services.notify.reminders.model import MINUTES_BEFORE, Reminder, RemindOfAnswer, RemindOfSession
from shared.contracts.matching import MatchAnswerAwaited
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, require

reactions = Handlers()


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


@reactions.on(
    "remind-of-session",
    loads={
        "progress": require(Progress, lambda timer: timer.draft.subject),
        "reminder": create(Reminder, "reminder_id"),
        "notification": create(Notification, lambda timer: timer.draft.id),
    },
)
def remind_of_session(
    timer: RemindOfSession, progress: Progress, reminder: Reminder, notification: Notification, ctx: Context
) -> None:
    """Unless the session was moved or cancelled, or has begun."""
    if progress.outdates(timer.draft) or timer.draft.is_late(ctx.now):
        return
    ctx.emit(*reminder.fire(timer.draft, timer.due_at, at=ctx.now))
    queue(timer.draft, notification, timer.event_id, ctx)


def remind_of_answer(event: MatchAnswerAwaited, ctx: Context) -> None:
    """Remind those who have not answered. The time that is left tells one reminder of a proposal from the next."""
    minutes = (event.expires_at - ctx.occurred_at) // timedelta(minutes=1)
    for draft in about_awaited_answer(event):
        said = draft.model_copy(update={"minutes": minutes})
        ctx.at(ctx.now, RemindOfAnswer(event_id=ctx.message_id, draft=said), id=f"remind/{said.id}")


@reactions.on("remind-of-answer", loads={"notification": create(Notification, lambda timer: timer.draft.id)})
def say_reminder_of_answer(timer: RemindOfAnswer, notification: Notification, ctx: Context) -> None:
    """When it is sent, it is looked at whether the proposal is still open."""
    queue(timer.draft, notification, timer.event_id, ctx)
