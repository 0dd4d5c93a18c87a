"""The queue that every message goes out by."""

from services.notify.messages.model.draft import Draft
from services.notify.messages.model.notification import Notification, SendNotification
from shared.engine.authoring.context import Context


def queue(draft: Draft, notification: Notification, event_id: str, ctx: Context) -> None:
    """Queue a message to be sent as soon as possible; not twice, and not if it would come too late anyway."""
    if not draft.is_late(ctx.now) and notification.queue(draft, event_id, at=ctx.now):
        ctx.at(ctx.now, SendNotification(notification_id=notification.id), id=f"send/{notification.id}")
