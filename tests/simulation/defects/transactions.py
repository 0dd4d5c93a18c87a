"""Defects in what is one transaction, and in what is known of its end."""

from collections.abc import Sequence
from typing import Any

import pytest

from shared.engine.authoring.answer import Answer, Ending
from shared.engine.batch import inbox
from shared.engine.batch.message import Message
from shared.engine.consuming import records
from shared.engine.deferred import effects, timers
from shared.engine.execution.executor import Executor
from shared.engine.ports.store import Delete, StoreError, UnknownOutcome, Write
from tests.simulation.database import FaultyStore
from tests.simulation.defects.plant import written_first


def no_inbox(patch: pytest.MonkeyPatch) -> None:
    """What was seen before is not remembered."""
    original = records._message

    def forgetful(*arguments: Any) -> Message:
        message = original(*arguments)
        message.seen = ""
        return message

    patch.setattr(records, "_message", forgetful)


def inbox_apart(patch: pytest.MonkeyPatch) -> None:
    """That an event was seen is written before its effect."""
    written_first(patch, lambda write: write.collection == inbox.COLLECTION)


def timer_deleted_first(patch: pytest.MonkeyPatch) -> None:
    """A timer's row goes before its effect is there."""
    written_first(patch, lambda write: isinstance(write, Delete) and write.collection == timers.COLLECTION)


def effect_deleted_first(patch: pytest.MonkeyPatch) -> None:
    """An effect's row goes before its outcome has had its effect."""
    written_first(patch, lambda write: isinstance(write, Delete) and write.collection == effects.COLLECTION)


def unknown_outcome_is_done(patch: pytest.MonkeyPatch) -> None:
    """A commit without an answer is taken for one that has succeeded."""
    original = FaultyStore.transact

    async def believe(self: FaultyStore, writes: Sequence[Write]) -> None:
        try:
            await original(self, writes)
        except UnknownOutcome:
            return

    patch.setattr(FaultyStore, "transact", believe)


def deadline_goes_on(patch: pytest.MonkeyPatch) -> None:
    """A batch that takes too long is taken for done."""
    original = Executor.handle

    async def handle(self: Executor, messages: Sequence[Message]) -> list[Answer]:
        try:
            return await original(self, messages)
        except StoreError as error:
            if not isinstance(error.__cause__, TimeoutError):
                raise
            return [Answer(Ending.DONE) for _ in messages]

    patch.setattr(Executor, "handle", handle)


DEFECTS = {
    "no inbox": (no_inbox, range(20)),
    "inbox rows outside the transaction": (inbox_apart, range(60)),
    "timers deleted before their effect": (timer_deleted_first, range(60)),
    "effects deleted before their outcome": (effect_deleted_first, range(60)),
    "an unknown outcome taken as done": (unknown_outcome_is_done, range(60)),
    "the deadline goes on": (deadline_goes_on, range(100)),
}
