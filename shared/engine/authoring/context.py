"""What a handler may do besides changing its aggregates. It does no I/O: all of it is written down and done later."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Effect, Timer

if TYPE_CHECKING:
    from shared.engine.batch.message import Message
    from shared.engine.batch.savepoint import Savepoint


class NotYet(Exception):
    """Something that must come first has not come. The message waits for it, in order, for at most a day."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} has not come yet")
        self.what = what


class Context:
    """One message's view of the world: who, when, and what it causes.

    `now` is the time of the whole batch in UTC to the millisecond, in a sandbox the time by its own clock at which
    this happens; `occurred_at` is the event's own time, which no replay changes. `actor` is who asked: `person/<id>`,
    `client/<id>` or `service/<name>`.
    """

    __slots__ = ("_new_id", "_savepoint", "actor", "message_id", "now", "occurred_at", "program", "sequence", "tenant")

    def __init__(self, message: "Message", now: datetime, new_id: Callable[[], str], savepoint: "Savepoint") -> None:
        self.tenant = message.tenant
        self.actor = message.origin.actor
        self.program = message.origin.program
        self.sequence = message.sequence
        self.message_id = message.id
        self.now = message.moment.now if message.moment else now
        self.occurred_at = message.occurred_at or self.now
        self._new_id = new_id
        self._savepoint = savepoint

    def emit(self, *events: Event) -> None:
        """Publish events, each about an aggregate that this handler has loaded."""
        for event in events:
            self._savepoint.emit(event)

    def after(self, delay: timedelta, timer: Timer, id: str, replace: bool = False) -> None:
        """Come back with `timer` after a delay. The same id keeps the first, unless `replace` is set."""
        self.at(self.now + delay, timer, id, replace)

    def at(self, when: datetime, timer: Timer, id: str, replace: bool = False) -> None:
        """Come back with `timer` at a moment; at once if it is past."""
        self._savepoint.plan(when, timer, id, replace)

    def cancel(self, id: str) -> None:
        """Forget the timer with that id, if there is one."""
        self._savepoint.cancel(id)

    def perform(self, effect: Effect, id: str = "") -> None:
        """Have something done outside, at least once. The id is its stable key: the same one is not asked for twice."""
        self._savepoint.perform(effect, id or self._new_id())

    def new_id(self) -> str:
        """A new time-ordered id."""
        return self._new_id()
