"""Having a message sent as soon as it may be."""

from services.notify.messages.model.draft import Draft
from services.notify.messages.model.notification import Notification, SendNotification
from shared.engine.authoring.context import Context


def queue(draft: Draft, notification: Notification, event_id: str, ctx: Context) -> None:
    """Have the message sent as soon as it may be, unless it was queued before or comes too late anyway."""
    if not draft.is_late(ctx.now) and notification.queue(draft, event_id, at=ctx.now):
        ctx.at(ctx.now, SendNotification(notification_id=notification.id), id=f"send/{notification.id}")
