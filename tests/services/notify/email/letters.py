"""Letters for the tests of mail."""

from datetime import UTC, datetime

from services.notify.calendar.model import CalendarMessage
from services.notify.email.mime import Letter
from services.notify.mailbox import Mailbox
from services.notify.wording.renderer import Rendered

INVITATION = CalendarMessage(method="REQUEST", text="BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n")


def letter(*, name: str = "Noor Haddad", to: str = "noor@example.org", **changes: object) -> Letter:
    """A short letter without a calendar entry."""
    parts: dict[str, object] = {
        "notification_id": "0199-notification",
        "written_at": datetime(2027, 3, 1, 12, 30, tzinfo=UTC),
        "sender": Mailbox(name="Harbor Community", address="mentoring@example.org"),
        "recipient": Mailbox(name=name, address=to),
        "content": Rendered(subject="Zoë says hello", text="Grüße\n-- \nus\n", html="<p>Grüße</p>\n"),
    }
    return Letter.model_validate(parts | changes)
