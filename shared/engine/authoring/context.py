"""What a handler may do besides changing its aggregates. It does no I/O: all of it is written down and done later."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Effect, Timer


class NotYet(Exception):
    """Something that must come first has not come. The message waits for it, in order, for at most a day."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} has not come yet")
        self.what = what


class Recorder(Protocol):
    """Writes down what a handler causes: the engine's savepoint, which services know nothing of."""

    def emit(self, event: Event) -> None:
        """See `Context.emit`."""

    def plan(self, when: datetime, timer: Timer, id: str, replace: bool) -> None:
        """See `Context.at`."""

    def cancel(self, id: str) -> None:
        """See `Context.cancel`."""

    def perform(self, effect: Effect, id: str) -> None:
        """See `Context.perform`."""


@dataclass(slots=True)
class Context:
    """One message's view of the world: who, when, and what it causes.

    `now` is the time of the whole batch in UTC to the millisecond, in a sandbox the time by its own clock at which
    this happens; `occurred_at` is the event's own time, which no replay changes. `actor` is who asked: `person/<id>`,
    `client/<id>` or `service/<name>`.
    """

    tenant: str
    actor: str
    program: str
    sequence: int
    message_id: str
    now: datetime
    occurred_at: datetime
    _new_id: Callable[[], str]
    _recorder: Recorder

    def emit(self, *events: Event) -> None:
        """Publish events, each about an aggregate that this handler has loaded."""
        for event in events:
            self._recorder.emit(event)

    def after(self, delay: timedelta, timer: Timer, id: str, replace: bool = False) -> None:
        """Come back with `timer` after a delay. The same id keeps the first, unless `replace` is set."""
        self.at(self.now + delay, timer, id, replace)

    def at(self, when: datetime, timer: Timer, id: str, replace: bool = False) -> None:
        """Come back with `timer` at a moment; at once if it is past."""
        self._recorder.plan(when, timer, id, replace)

    def cancel(self, id: str) -> None:
        """Cancel the timer with that id, if there is one."""
        self._recorder.cancel(id)

    def perform(self, effect: Effect, id: str = "") -> None:
        """Have something done outside, at least once. The id is its stable key: the same one is not asked for twice."""
        self._recorder.perform(effect, id or self._new_id())

    def new_id(self) -> str:
        """Return a new time-ordered id."""
        return self._new_id()
