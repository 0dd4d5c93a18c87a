"""Defects in what a decision rests on, and in what is remembered of it."""

from asyncio import Future
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from shared.engine.authoring.answer import Answer
from shared.engine.batch import grounds
from shared.engine.batch.batch import Batch
from shared.engine.batch.message import Message
from shared.engine.batch.savepoint import Savepoint
from shared.engine.batch.tracked import DocumentKey, TrackedAggregate
from shared.engine.execution.executor import Executor
from shared.engine.execution.loader import IDEMPOTENCY
from shared.engine.execution.queue import Queue
from shared.engine.ports.store import Write
from shared.ids import microseconds
from tests.simulation.database import FaultyStore


def no_guard(patch: pytest.MonkeyPatch) -> None:
    """What was loaded and not changed is not checked."""
    original = TrackedAggregate.write

    def unguarded(self: TrackedAggregate) -> Write | None:
        return original(self) if self.is_changed or self.gone else None

    patch.setattr(TrackedAggregate, "write", unguarded)


def guard_on_the_first_only(patch: pytest.MonkeyPatch) -> None:
    """Of what a message has loaded, only its subject is checked."""
    original = Batch._keep

    def keep(self: Batch, savepoint: Savepoint) -> None:
        before = [(tracked, tracked.guarded) for tracked in savepoint.loaded.values()]
        original(self, savepoint)
        for tracked, guarded in before[1:]:
            tracked.guarded = guarded

    patch.setattr(Batch, "_keep", keep)


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

    async def answer(self: Executor, batch: Batch, message: Message) -> Answer:
        found = await one(self, batch, message)
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
    before: dict[DocumentKey, int] = {}
    again, track = Executor._again, Batch.track

    async def retry(self: Executor, batch: Batch, *arguments: Any) -> list[Answer]:
        before.update({key: tracked.document["sequence"] for key, tracked in batch.tracked.items() if tracked.document})
        return await again(self, batch, *arguments)

    def reuse(self: Batch, key: DocumentKey, *arguments: Any) -> None:
        track(self, key, *arguments)
        self.tracked[key].sequence = before.pop(key, self.tracked[key].sequence)

    patch.setattr(Executor, "_again", retry)
    patch.setattr(Batch, "track", reuse)


def chunk_numbers_by_clock_alone(patch: pytest.MonkeyPatch) -> None:
    """A chunk's number does not look at what its aggregates have seen."""

    def by_clock(now: datetime, highest: int) -> int:
        return microseconds(now)

    patch.setattr("shared.engine.batch.batch.number", by_clock)


DEFECTS = {
    "no guard": (no_guard, range(150)),
    "a guard on the first aggregate only": (guard_on_the_first_only, range(150)),
    "refusals not checked": (refusals_not_checked, range(150)),
    "answers before the commit": (answer_before_the_commit, range(60)),
    "keys not remembered": (keys_not_remembered, range(60)),
    "sequence reused after a conflict": (sequence_reused_after_a_conflict, range(60)),
    "chunk numbers by clock alone": (chunk_numbers_by_clock_alone, range(60)),
}
