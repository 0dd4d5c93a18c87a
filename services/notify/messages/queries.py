"""Messages over HTTP: which ones went to a person, and which could not. What they say is not shown."""

from typing import Annotated

from fastapi import Response

from services.notify.messages.model.notification import Notification
from services.notify.messages.views import NotificationView
from shared.engine.authoring.grants import ADMIN, OPERATOR, Scope, Subject
from shared.web.access import found
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

queries = Routes()

READERS = OPERATOR, ADMIN, Scope("notify:read")


@queries.get(
    "/people/{person_id}/notifications", allow=(Subject("person_id"), *READERS), shows=of_people("items.person_id")
)
async def list_notifications(
    person_id: str, reader: TenantReader, after: After = None, limit: Limit = 100
) -> Listing[NotificationView]:
    """List the messages to a person, in no particular order."""
    page = await reader.page(Notification, {"person_id": person_id}, after, limit)
    return listing(page, NotificationView.of)


@queries.get(
    "/notifications/{notification_id}",
    allow=(Subject("notification.person_id"), *READERS),
    shows=of_people("person_id"),
)
async def show_notification(
    notification: Annotated[Notification, found(Notification, "notification_id")], response: Response
) -> NotificationView:
    """Show one message."""
    return NotificationView.of(versioned(response, notification))
