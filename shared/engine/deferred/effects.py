"""Effects: handlers do no I/O, so what is to be done outside is a row, written in their transaction.

It is performed at least once, with a stable key, by whoever has the row's shard; the attempt is recorded first. Its
outcome comes back as a message, and the row's end and the outcome's effect are one transaction. Progress that it
reports before is a message, too: in its transaction the row says that the attempt is alive.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random

import structlog

from shared.clock import Clock
from shared.engine.authoring.aggregate import EffectFailed, Outcome
from shared.engine.authoring.answer import Ending
from shared.engine.authoring.handlers import Handler, Performer, Work
from shared.engine.authoring.reader import Reader
from shared.engine.batch import telemetry
from shared.engine.batch.message import Message, Origin
from shared.engine.coordination.turns import Agenda
from shared.engine.execution.executor import Executor
from shared.engine.failures.dead_letters import KEEP_DEAD_LETTER, KEPT_BYTES, KeepDeadLetter
from shared.engine.failures.sealer import Contents, ContentSealer
from shared.engine.ports.store import Change, Conflict, Delete, Document, Index, Store, Write
from shared.errors import Refusal

log = structlog.get_logger()

COLLECTION = "effects"
NO_MORE = "no-attempts-left"
AGENDA = Agenda(COLLECTION)
INDEXES = (*AGENDA.indexes, Index(("tenant", "at"), only="sandbox"))


class AttemptLost(Exception):
    """The effect is settled, or another attempt has begun: nobody waits for this one."""


class Effects:
    """Performs one row at a time for whoever finds it due."""

    def __init__(self, executor: Executor, store: Store, clock: Clock, random: Random) -> None:
        self.executor = executor
        self.store = store
        self.clock = clock
        self.random = random

    async def perform(self, row: Document) -> None:
        """Do it, or try again later, or give it up; a `Refusal` from the performer gives it up at once."""
        performer = self.executor.service.performers.get(row["type"])
        if performer is None:
            log.warning("effect.unknown", effect=row["type"])
            await self._later(row, timedelta(minutes=1))
            return
        attempt, key = row["attempts"] + 1, row["_id"].partition("/")[2]
        if attempt > performer.attempts:  # the last attempt ended the process, or is unknown
            await self._complete(row, row["attempts"], EffectFailed(effect=row["type"], key=key, reason=NO_MORE))
            return
        if not await self._claim(row, attempt, performer):
            return
        report = partial(self._report_progress, row, attempt, performer)
        work = Work(
            row["tenant"], key, attempt, row.get("at") or self.clock(), Reader(self.store, row["tenant"]), report
        )
        try:
            with telemetry.attempt(row, attempt):
                async with asyncio.timeout(performer.timeout.total_seconds()):
                    outcome = await performer.function(performer.effect.model_validate_json(row["data"]), work)
        except AttemptLost:
            return
        except Refusal as refusal:
            outcome = EffectFailed(effect=row["type"], key=key, reason=refusal.code)
        except Exception as error:
            log.warning("effect.failed", effect=row["type"], attempt=attempt, exc_info=error)
            if attempt < performer.attempts:
                await self._later(row | {"attempts": attempt}, self._pause(attempt, performer))
                return
            outcome = EffectFailed(effect=row["type"], key=key, reason=type(error).__name__)
        await self._complete(row, attempt, outcome)

    async def _claim(self, row: Document, attempt: int, performer: Performer) -> bool:
        """Record the attempt, and when the next one would be: whoever dies in between has had this one."""
        due = self._next(attempt, performer)
        change = Change(COLLECTION, row["_id"], {"attempts": row["attempts"]}, {"attempts": attempt, "due": due})
        try:
            await self.store.transact([change])
        except Conflict:
            return False
        return True

    async def _report_progress(self, row: Document, attempt: int, performer: Performer, outcome: Outcome) -> None:
        """Hand an outcome over, and put the next attempt off; raises `AttemptLost`."""
        alive = Change(COLLECTION, row["_id"], {"attempts": attempt}, {"due": self._next(attempt, performer)})
        handler = self.executor.service.reactions[type(outcome).__name__][0]
        message = _message(handler, self.executor.new_id(), row, [alive])
        message.data = outcome.model_dump_json().encode()
        answer = await self.executor.submit(message)
        if answer.ending is Ending.DUPLICATE:
            raise AttemptLost(row["type"])

    def _next(self, attempt: int, performer: Performer) -> datetime:
        """When there is another attempt if nothing is heard of this one."""
        return self.clock() + performer.silence + self._pause(attempt, performer)

    def _pause(self, attempt: int, performer: Performer) -> timedelta:
        return min(performer.longest_pause, timedelta(seconds=2 ** min(attempt, 16)) * self.random.uniform(0.5, 1))

    async def _later(self, row: Document, pause: timedelta) -> None:
        waits = {"due": self.clock() + pause, "failed": True}
        await self.store.transact([Change(COLLECTION, row["_id"], {"attempts": row["attempts"]}, waits)])

    async def _complete(self, row: Document, attempt: int, outcome: Outcome | None) -> None:
        """The row ends with the outcome's effect. A failure that nobody takes becomes a dead letter."""
        done = Delete(COLLECTION, row["_id"], {"attempts": attempt})
        handlers = self.executor.service.reactions.get(type(outcome).__name__)
        message = _message(KEEP_DEAD_LETTER, row["token"], row, [done])
        if handlers and outcome is not None:
            message.handler, message.data = handlers[0], outcome.model_dump_json().encode()
        elif isinstance(outcome, EffectFailed):
            message.body = _letter(row, outcome, self.executor.lanes.sealer)
        else:
            await self.store.transact([done])
            return
        await self.executor.submit(message)


def _message(handler: Handler, id: str, row: Document, completion: Sequence[Write]) -> Message:
    """A message with the origin of an effect."""
    origin = Origin(row["actor"], row["program"], row["correlation"], row["traceparent"])
    key = row["_id"].partition("/")[2]
    return Message(
        handler, id, row["tenant"], lane=key, origin=origin, completion=completion, occurred_at=row.get("at")
    )


def _letter(row: Document, failed: EffectFailed, sealer: ContentSealer) -> KeepDeadLetter:
    """An effect that was given up."""
    return KeepDeadLetter(
        handler="",
        message_id=row["token"],
        message_type=row["type"],
        reason=failed.reason,
        contents=sealer.seal(f"{row['tenant']}/{row['token']}", Contents(row["data"][:KEPT_BYTES])),
        size=len(row["data"]),
    )
