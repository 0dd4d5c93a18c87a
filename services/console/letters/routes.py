"""The pages on which those who run a program see which mails went out, what became of them, and what they say."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from starlette.responses import Response

from services.console.api import Naming, Shown, at
from services.console.frame.capabilities import Capability, Entry, Place, managers
from services.console.frame.page import CurrentPage
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import ADMIN, Manager
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN, Manager.of("program_id")))

ROWS = 50
"""Mails on a page."""
Status = Literal["", "queued", "sent", "failed", "outdated", "unwanted"]

STATUSES: Mapping[str, tuple[str, str]] = {
    "queued": ("wait", msgid("Waits for the morning")),
    "sent": ("good", msgid("Sent")),
    "failed": ("stop", msgid("Not delivered")),
    "outdated": ("off", msgid("No longer true")),
    "unwanted": ("off", msgid("Not wanted")),
}
"""The kind of status, and its words."""


class Letter(Naming):
    """One mail to one person."""

    id: str
    person_id: str
    program_id: str
    template: str
    status: str
    subject: str | None
    send_at: datetime
    reason: str = ""


class Words(Shown):
    """What a mail says."""

    subject: str | None
    text: str | None


@routes.get("/programs/{program_id}/letters")
async def list_letters(
    program_id: str, page: CurrentPage, on: date | None = None, status: Status = "", after: str | None = None
) -> Response:
    """Show the mails of a day: to whom, what became of them, and how they begin; or all of one status."""
    day = None if status else on or page.now.astimezone(UTC).date()
    path = at("/v1/programs/{}/notifications", program_id)
    asked = {"on": day.isoformat() if day else None, "status": status or None, "after": after}
    rows = await page.api.page(Letter, "notify", path, limit=ROWS, **asked)
    title = page.say_number("One mail", "%(num)s mails", len(rows.items), num=page.so_many(rows))
    return page.html(
        "letters/letters.html",
        title if rows.items else page.say(msgid("No mail")),
        program_id=program_id,
        here=at("/programs/{}/letters", program_id),
        day=day,
        is_today=day == page.now.astimezone(UTC).date(),
        before=day - timedelta(days=1) if day else None,
        behind=day + timedelta(days=1) if day else None,
        status=status,
        statuses=STATUSES,
        letters=sorted(rows.items, key=lambda one: one.send_at, reverse=True),
        next=rows.next,
    )


@routes.get("/programs/{program_id}/letters/{letter_id}")
async def show_letter(program_id: str, letter_id: str, page: CurrentPage) -> Response:
    """Show what a mail says, without the links of its reader."""
    words = await page.api.one(Words, "notify", at("/v1/notifications/{}/words", letter_id))
    title = words.subject or page.say(msgid("This mail is not shown"))
    here = at("/programs/{}/letters", program_id)
    return page.html("letters/letter.html", title, program_id=program_id, here=here, words=words)


letters = Capability(
    routes, (Entry(Place.PROGRAM, msgid("Mails"), "/programs/{program_id}/letters", "mail", managers),)
)
