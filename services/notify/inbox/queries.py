"""What somebody was told, the latest first, as they read it in their inbox."""

from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from services.notify.email.known import look_up_all
from services.notify.email.letters import write_preview
from services.notify.inbox.model import Inbox
from services.notify.messages.model.notification import Notification, NotificationStatus, day_of
from shared.engine.authoring.grants import Subject
from shared.web.now import Now
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import NOBODY

queries = Routes()

DAYS, MOST = 60, 100
TOLD = [NotificationStatus.QUEUED, NotificationStatus.SENT, NotificationStatus.FAILED]
"""What is shown: not what was no longer true by the time it could be sent, nor what somebody wanted no longer."""


class NoticeView(BaseModel):
    """Something that somebody was told, or will be in the morning."""

    id: str
    subject: str | None = Field(description="What it says first; null for what let somebody in")
    template: str
    path: str = Field(description="The page that it leads to")
    queued_at: datetime
    is_read: bool


class NoticesView(BaseModel):
    """What somebody was told in the last 60 days, the latest first, 100 at most."""

    items: list[NoticeView]
    unread: int


@queries.get("/people/{person_id}/notices", allow=(Subject("person_id"),), shows=NOBODY)
async def list_notices(person_id: str, reader: TenantReader, now: Now) -> NoticesView:
    """List what the person was told lately, with what of it they have read."""
    days = [day_of(now - timedelta(days=number)) for number in range(-1, DAYS)]
    where = {"person_id": person_id, "queued_on": {"$in": days}, "status": {"$in": TOLD}}
    found = sorted(await reader.every(Notification, where), key=lambda one: one.queued_at, reverse=True)[:MOST]
    known = await look_up_all([one.draft for one in found], reader)
    inbox = (await reader.many(Inbox, [person_id]) or [Inbox()])[0]
    items = list[NoticeView]()
    for one, facts in zip(found, known, strict=True):
        words = write_preview(one, facts) if facts else None
        items.append(
            NoticeView(
                id=one.id,
                subject=words.subject if words else None,
                template=one.draft.template,
                path=one.draft.path,
                queued_at=one.queued_at,
                is_read=inbox.has_read(one.id, one.queued_at),
            )
        )
    return NoticesView(items=items, unread=sum(not one.is_read for one in items))
