"""Which messages somebody has read in their inbox."""

from datetime import UTC, datetime

from shared.engine.authoring.aggregate import Aggregate

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST = 500
"""Messages that are kept one by one; beyond, the first are forgotten, as they are too old to be shown."""


class Inbox(Aggregate, name="inbox"):
    """What a person has read: all until a moment, and some of what came later. Its id is the person's."""

    read_until: datetime = EPOCH
    read: tuple[str, ...] = ()

    def note(self, notification_id: str) -> None:
        """Note that one message was read."""
        self.read = tuple(dict.fromkeys((*self.read, notification_id)))[-MOST:]

    def note_all(self, at: datetime) -> None:
        """Note that all was read that has come until then."""
        self.read_until, self.read = at, ()

    def has_read(self, notification_id: str, queued_at: datetime) -> bool:
        """Return whether a message was read."""
        return queued_at <= self.read_until or notification_id in self.read

    def take_over(self, other: "Inbox") -> None:
        """Have read what was read with another card of the person."""
        self.read = tuple(dict.fromkeys((*other.read, *self.read)))[-MOST:]
        other.read = ()

    def forget(self) -> bool:
        """Forget what was read; returns whether there was anything."""
        had_some, self.read = bool(self.read), ()
        return had_some
