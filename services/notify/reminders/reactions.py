"""Reminders of sessions, by timers until so many minutes before, and of proposals that wait for an answer."""

from services.notify.messages.model.notification import Notification
from services.notify.messages.model.progress import Progress
from services.notify.messages.queue import queue
from services.notify.reminders.model import Reminder, RemindOfAnswer, RemindOfSession
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, require

reactions = Handlers()


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


@reactions.on("remind-of-answer", loads={"notification": create(Notification, lambda timer: timer.draft.id)})
def say_reminder_of_answer(timer: RemindOfAnswer, notification: Notification, ctx: Context) -> None:
    """When it is sent, it is looked at whether the proposal is still open."""
    queue(timer.draft, notification, timer.event_id, ctx)
