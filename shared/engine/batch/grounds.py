"""What a no rests on. To refuse is to decide, and so is to wait for something: neither may rest on what never was.

A yes changes something, and all that it rests on is guarded by writes of its transaction. A no changes nothing, so that
it need not keep others from changing what it rests on: it is right if all of that was there at one moment. One document
always was; several are looked at once more in the transaction, which reads all at one moment and writes none of them.
What rests on changes of its own batch is guarded as a yes is. See `docs/decisions/0020-refusals-are-decisions.md`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shared.engine.authoring.context import NotYet
from shared.engine.batch import clocks
from shared.engine.batch.tracked import DocumentKey, TrackedAggregate
from shared.errors import Refusal

if TYPE_CHECKING:
    from shared.engine.batch.batch import Batch
    from shared.engine.batch.message import Message


def note(
    batch: "Batch", message: "Message", loaded: Mapping[DocumentKey, TrackedAggregate], error: BaseException
) -> None:
    """Have the transaction check what the ending of a message rests on, which has `loaded` this and ends so."""
    if isinstance(error, NotYet):
        _guard_absence(batch, error.what)
    elif isinstance(error, Refusal):
        looked_at = dict(loaded)
        if message.moment is not None:
            looked_at[clocks.clock_key(message.tenant)] = batch.tracked[clocks.clock_key(message.tenant)]
        if len(looked_at) > 1:
            _check(batch, looked_at)


def _check(batch: "Batch", looked_at: Mapping[DocumentKey, TrackedAggregate]) -> None:
    rests_on_batch = any(tracked.is_changed for tracked in looked_at.values())
    for tracked in looked_at.values():
        tracked.checked = True
        tracked.guarded |= rests_on_batch
    batch.marks[-1].changed.extend(looked_at)


def _guard_absence(batch: "Batch", what: str) -> None:
    """Whoever brings it about finds who waits for it: it comes later than the lane, or this is tried again."""
    collection, _, id = what.partition("/")
    tracked = batch.tracked.get((collection, id))
    if tracked is not None:
        tracked.guarded = True
        batch.marks[-1].changed.append(tracked.key)
