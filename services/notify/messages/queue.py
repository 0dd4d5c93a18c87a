"""The queue that every message goes out by, except those that do not wait."""

from services.notify.messages.model.draft import Draft
from services.notify.messages.model.notification import Notification, SendEmail, SendNotification
from shared.engine.authoring.context import Context


def queue(draft: Draft, notification: Notification, event_id: str, ctx: Context) -> None:
    """Queue a message to be sent as soon as possible; not twice, and not if it would come too late anyway."""
    if not draft.is_late(ctx.now) and notification.queue(draft, event_id, at=ctx.now):
        ctx.at(ctx.now, SendNotification(notification_id=notification.id), id=f"send/{notification.id}")


def send_at_once(draft: Draft, notification: Notification, event_id: str, ctx: Context) -> None:
    """Have a message sent without a timer, which would rest while the organization is suspended; not twice."""
    if notification.queue(draft, event_id, at=ctx.now):
        ctx.perform(SendEmail(notification_id=notification.id), id=notification.id)
