"""What would become of a message if it were handled now: its handler runs on what is stored, and nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.engine.authoring.context import NotYet
from shared.engine.batch.arguments import missing
from shared.engine.batch.batch import Batch
from shared.engine.batch.message import Message
from shared.engine.execution.executor import Executor
from shared.engine.execution.loader import fetch, load
from shared.engine.ports.store import StoreError
from shared.errors import Refusal
from shared.observe.failures import describe


class Foreseen(StrEnum):
    """How it would end."""

    DONE = "done"
    REFUSED = "refused"
    WAITS = "waits"
    FAILS = "fails"


@dataclass(slots=True, frozen=True)
class Rehearsed:
    """How it would end, which types of events it would cause, and where it would fail or what it would wait for."""

    outcome: Foreseen
    events: tuple[str, ...] = ()
    detail: str = ""


async def rehearse(executor: Executor, messages: Sequence[Message]) -> Rehearsed:
    """Run messages that belong together, one after the other, until one of them is not done; raises `StoreError`."""
    batch = Batch(executor.service, executor.clock(), executor.new_id, executor.limits.shards)
    await load(executor.store, batch, messages)
    for message in messages:
        batch.begin(message)
        try:
            while keys := missing(batch.tracked, message, len(message.handler.rounds)):
                await fetch(executor.store, batch, keys)
            batch.run(message)
        except StoreError:
            raise
        except Refusal as refusal:
            return Rehearsed(Foreseen.REFUSED, detail=refusal.detail)
        except NotYet as error:
            return Rehearsed(Foreseen.WAITS, detail=error.what)
        except Exception as error:  # what a handler raises is the answer
            return Rehearsed(Foreseen.FAILS, detail=describe(error))
    return Rehearsed(Foreseen.DONE, tuple(pending.type for pending in batch.pending))
