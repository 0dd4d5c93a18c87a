"""What pages read of an inbox, and of the mails that one may stop."""

from collections.abc import Sequence
from datetime import datetime

from services.console.api import Shown
from services.console.frame.texts import msgid


class Notice(Shown):
    """Something that somebody was told."""

    id: str
    subject: str | None
    template: str
    path: str
    queued_at: datetime
    is_read: bool


class Notices(Shown):
    """What somebody was told lately, the latest first."""

    items: Sequence[Notice]
    unread: int


class Choice(Shown):
    """Mails of one kind, which nobody needs to get."""

    choice: str
    is_stopped: bool


class Choices(Shown):
    """All kinds of mails that nobody needs to get."""

    items: Sequence[Choice]


CHOICES = {
    "session_reminders": msgid("Reminders of sessions"),
    "proposal_reminders": msgid("Reminders of proposals"),
    "feedback_requests": msgid("Questions about sessions"),
}
