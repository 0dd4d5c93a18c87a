"""Defects in what a decision rests on, and in what is remembered of it."""

from asyncio import Future
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from shared.engine.batch import grounds
from shared.engine.batch.batch import Unit
from shared.engine.batch.message import Answer, Message
from shared.engine.batch.savepoint import Savepoint
from shared.engine.batch.tracked import Held, Place
from shared.engine.execution.executor import Executor
from shared.engine.execution.loading import IDEMPOTENCY
from shared.engine.execution.queue import Queue
from shared.engine.ports.store import Write
from shared.ids import microseconds
from tests.simulation.database import FaultyStore


def no_guard(patch: pytest.MonkeyPatch) -> None:
    """What was loaded and not changed is not checked."""
    original = Held.write

    def unguarded(self: Held) -> Write | None:
        return original(self) if self.is_changed or self.gone else None

    patch.setattr(Held, "write", unguarded)


def guard_on_the_first_only(patch: pytest.MonkeyPatch) -> None:
    """Of what a message has loaded, only its subject is checked."""
    original = Unit._keep

    def keep(self: Unit, savepoint: Savepoint) -> None:
        before = [(held, held.guarded) for held in savepoint.holds.values()]
        original(self, savepoint)
        for held, guarded in before[1:]:
            held.guarded = guarded

    patch.setattr(Unit, "_keep", keep)


def refusals_not_checked(patch: pytest.MonkeyPatch) -> None:
    """What a refusal has looked at is not looked at once more at one moment."""
    patch.setattr(grounds, "note", lambda *_: None)


def answer_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    """Who has asked is told as soon as the handler has run."""
    futures: dict[int, Future[Answer]] = {}
    put, one = Queue.put, Executor._one

    def remember(self: Queue, message: Message) -> "Future[Answer]":
        futures[id(message)] = put(self, message)
        return futures[id(message)]

    async def answer(self: Executor, unit: Unit, message: Message) -> Answer:
        found = await one(self, unit, message)
        waiting = futures.get(id(message))
        if message.is_command and waiting is not None and not waiting.done():
            waiting.set_result(found)
        return found

    patch.setattr(Queue, "put", remember)
    patch.setattr(Executor, "_one", answer)


def keys_not_remembered(patch: pytest.MonkeyPatch) -> None:
    """What was answered under an idempotency key is not written down."""
    original = FaultyStore.transact

    async def forget(self: FaultyStore, writes: Sequence[Write]) -> None:
        await original(self, [write for write in writes if write.collection != IDEMPOTENCY])

    patch.setattr(FaultyStore, "transact", forget)


def sequence_reused_after_a_conflict(patch: pytest.MonkeyPatch) -> None:
    """What is tried again counts its events from where it began before."""
    before: dict[Place, int] = {}
    again, hold = Executor._again, Unit.hold

    async def retry(self: Executor, unit: Unit, *arguments: Any) -> list[Answer]:
        before.update({place: held.document["sequence"] for place, held in unit.held.items() if held.document})
        return await again(self, unit, *arguments)

    def reuse(self: Unit, place: Place, *arguments: Any) -> None:
        hold(self, place, *arguments)
        self.held[place].sequence = before.pop(place, self.held[place].sequence)

    patch.setattr(Executor, "_again", retry)
    patch.setattr(Unit, "hold", reuse)


def chunk_numbers_by_clock_alone(patch: pytest.MonkeyPatch) -> None:
    """A chunk's number does not look at what its aggregates have seen."""

    def by_clock(now: datetime, highest: int) -> int:
        return microseconds(now)

    patch.setattr("shared.engine.batch.batch.number", by_clock)


DEFECTS = {
    "no guard": (no_guard, 150),
    "a guard on the first aggregate only": (guard_on_the_first_only, 150),
    "refusals not checked": (refusals_not_checked, 150),
    "answers before the commit": (answer_before_the_commit, 60),
    "keys not remembered": (keys_not_remembered, 60),
    "sequence reused after a conflict": (sequence_reused_after_a_conflict, 60),
    "chunk numbers by clock alone": (chunk_numbers_by_clock_alone, 60),
}
