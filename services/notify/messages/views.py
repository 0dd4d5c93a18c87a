"""What is shown of messages."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from services.notify.catalog.message import every_message
from services.notify.messages.model.draft import Channel
from services.notify.messages.model.notification import Notification, NotificationStatus


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
        facts = notification.model_dump(exclude={"draft", "queued_on"})
        return cls(
            version=notification.version,
            program_id=draft.program_id,
            template=draft.template,
            channel=draft.channel,
            **facts,
        )
