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
from shared.engine.batch.tracked import Held, Place
from shared.errors import Refusal

if TYPE_CHECKING:
    from shared.engine.batch.batch import Unit
    from shared.engine.batch.message import Message


def note(unit: "Unit", message: "Message", holds: Mapping[Place, Held], error: BaseException) -> None:
    """A message that has looked at `holds` ends with this error: have the transaction check what that rests on."""
    if isinstance(error, NotYet):
        _guard_absence(unit, error.what)
    elif isinstance(error, Refusal):
        looked_at = dict(holds)
        if message.moment is not None:
            looked_at[clocks.place(message.tenant)] = unit.held[clocks.place(message.tenant)]
        if len(looked_at) > 1:
            _check(unit, looked_at)


def _check(unit: "Unit", looked_at: Mapping[Place, Held]) -> None:
    rests_on_batch = any(held.is_changed for held in looked_at.values())
    for held in looked_at.values():
        held.checked = True
        held.guarded |= rests_on_batch
    unit.marks[-1].changed.extend(looked_at)


def _guard_absence(unit: "Unit", what: str) -> None:
    """Whoever brings it about finds who waits for it: it comes later than the lane, or this is tried again."""
    collection, _, id = what.partition("/")
    held = unit.held.get((collection, id))
    if held is not None:
        held.guarded = True
        unit.marks[-1].changed.append(held.place)
