"""The letters of a program as those who run it see them: to whom they went, what became of them, and what they say."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, Field

from services.notify.email.known import look_up_all
from services.notify.email.letters import write_preview
from services.notify.messages.model.notification import Notification, NotificationStatus
from services.notify.messages.views import NotificationView
from shared.engine.authoring.grants import ADMIN, OPERATOR, Manager, Scope
from shared.engine.authoring.reader import Page
from shared.web.access import found
from shared.web.auth import CurrentCaller
from shared.web.names import Named
from shared.web.pages import After, Limit, Listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

queries = Routes()


class LetterView(NotificationView, Named):
    """One message to one person, with its subject in their language, for people who look."""

    subject: str | None = Field(
        description="Null for systems and operators, for what lets somebody in, and for who is gone"
    )

    def people(self) -> Iterable[str]:
        """To whom it goes."""
        return (self.person_id,)


class LetterWords(BaseModel):
    """What a letter says, without any link of its reader."""

    person_id: str
    subject: str | None
    text: str | None = Field(description="Null for what lets somebody in, and for who is gone")


@queries.get(
    "/programs/{program_id}/notifications",
    allow=(OPERATOR, ADMIN, Manager.of("program_id"), Scope("notify:read")),
    shows=of_people("items.person_id"),
)
async def list_letters(
    program_id: str,
    reader: TenantReader,
    caller: CurrentCaller,
    on: date | None = None,
    status: NotificationStatus | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Listing[LetterView]:
    """List the messages of a program, those of a day (in UTC) or of a status, with their subjects."""
    where = {"draft.program_id": program_id} | ({"queued_on": on.isoformat()} if on else {})
    page = await reader.page(Notification, where | ({"status": status} if status else {}), after, limit)
    return Listing(items=await _letters(page, reader, is_for_people=caller.kind == "person"), next=page.next)


@queries.get(
    "/notifications/{notification_id}/words",
    allow=(ADMIN, Manager.of("notification.draft.program_id")),
    shows=of_people("person_id"),
)
async def show_words(
    notification: Annotated[Notification, found(Notification, "notification_id")],
    reader: TenantReader,
    response: Response,
) -> LetterWords:
    """Show what a message says, as its reader gets it, without its links."""
    (known,) = await look_up_all([versioned(response, notification).draft], reader)
    words = write_preview(notification, known) if known else None
    return LetterWords(
        person_id=notification.person_id,
        subject=words.subject if words else None,
        text=words.text if words else None,
    )


async def _letters(page: Page[Notification], reader: TenantReader, *, is_for_people: bool) -> list[LetterView]:
    if not is_for_people:
        return [LetterView(**dict(NotificationView.of(one)), subject=None) for one in page.items]
    known = await look_up_all([one.draft for one in page.items], reader)
    views = list[LetterView]()
    for one, facts in zip(page.items, known, strict=True):
        words = write_preview(one, facts) if facts else None
        names = {one.person_id: facts.cards[0].name} if facts else {}
        views.append(
            LetterView(**dict(NotificationView.of(one)), subject=words.subject if words else None, names=names)
        )
    return views
