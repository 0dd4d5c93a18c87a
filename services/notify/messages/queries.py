"""Messages over HTTP: which ones went to a person, and which could not. What they say is not shown."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import Response
from pydantic import BaseModel, Field

from services.notify.catalog.message import every_message
from services.notify.messages.model.draft import Channel
from services.notify.messages.model.notification import Notification, NotificationStatus
from shared.engine.authoring.grants import ADMIN, OPERATOR, Scope, Subject
from shared.web.access import found
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

queries = Routes()

READERS = OPERATOR, ADMIN, Scope("notify:read")


class NotificationView(BaseModel):
    """One message to one person. `event_id` is the event that it is about."""

    id: str
    version: int
    person_id: str
    program_id: str
    template: str = Field(description="Which message of the catalog", json_schema_extra={"enum": [*every_message()]})
    channel: Channel
    status: NotificationStatus
    event_id: str
    queued_at: datetime
    send_at: datetime = Field(description="When it is due, or was: messages wait for the end of quiet hours")
    completed_at: datetime | None = Field(description="When it was sent, failed, or was found to be outdated")
    reason: str = Field(description="Why it failed, as a stable code")

    @classmethod
    def of(cls, notification: Notification) -> Self:
        """Make the view of a notification."""
        draft = notification.draft
        facts = notification.model_dump(exclude={"draft"})
        return cls(
            version=notification.version,
            program_id=draft.program_id,
            template=draft.template,
            channel=draft.channel,
            **facts,
        )


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
