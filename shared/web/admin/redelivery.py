"""What operators do with dead letters: hand them to their handlers again, rehearse that, or throw them away."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Self

from pydantic import BaseModel, Field, model_validator

from shared.engine.authoring.grants import OPERATOR
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.ports.store import Document
from shared.engine.recovery.redelivery import GONE, Redelivered, Redelivery
from shared.engine.recovery.rehearsal import Foreseen
from shared.web.admin.access import CurrentOperator, Operator
from shared.web.admin.letters import LetterName, cause_of, letter_line, name_of, where
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY

routes = Routes(allow=(OPERATOR,), shows=NOBODY)

AT_ONCE = 100
"""Letters that are in memory at a time, and how many are rehearsed."""


class Selection(BaseModel, extra="forbid"):
    """Dead letters: those that are named, or all that are of a cause, a tenant, a handler, a type of message."""

    letters: list[LetterName] = Field(default=[], max_length=500)
    tenant: str | None = Field(default=None, max_length=40)
    handler: str | None = Field(default=None, max_length=200)
    type: str | None = Field(
        default=None, max_length=200, description="In full, such as ithaca.matching.MatchAccepted.v1"
    )
    cause: str | None = Field(default=None, max_length=16, description="As /v1/admin/dead-letter-causes lists them")
    dry_run: bool = Field(default=False, description="Only tell what would be done")

    @model_validator(mode="after")
    def _selects(self) -> Self:
        filtered = any(wanted is not None for wanted in (self.tenant, self.handler, self.type, self.cause))
        if bool(self.letters) == filtered:
            raise ValueError("say which: either letters, or at least one of tenant, handler and type, or a cause")
        return self


class Discarded(Selection):
    """Dead letters that are to go, and why."""

    why: str = Field(default="", max_length=300, description="For whoever reads the audit")


class RefusedLetter(LetterName):
    """A letter to which nothing was done. `reason` says why, and what can be done."""

    reason: str


class RehearsedLetter(LetterName):
    """What would become of a letter: its handler was run on what is stored, and nothing was written."""

    outcome: Foreseen = Field(
        description="`done`; `refused` for good, by a rule; `waits` for something that must come first; `fails`"
    )
    events: list[str] = Field(description="The types of the events that it would cause")
    detail: str = Field(description="By which rule, for what, or where and how, without values")


class Handled(BaseModel):
    """What was done to the letters that were found; with `dry_run`, what would be."""

    matched: int
    done: list[LetterName]
    refused: list[RefusedLetter]
    dry_run: bool
    rehearsed: list[RehearsedLetter] = Field(
        default=[],
        description="With `dry_run`, of the first 100 that can be replayed: how that would end. Those that have ended "
        "processes are not tried",
    )


@routes.post("/dead-letters/replay")
async def replay_dead_letters(operator: CurrentOperator, selection: Selection) -> Handled:
    """Hand them to their handlers again, as if they came now: one that fails again waits in its lane, as any other.

    What cannot be replayed stays, and is refused with the reason.
    """
    redelivery = _redelivery(operator)
    if selection.dry_run:
        return await _handled(operator, selection, _Rehearsing(redelivery).handle)
    replay = partial(redelivery.replay, line=partial(letter_line, operator, "dead_letters.replay"))
    return await _handled(operator, selection, replay)


@routes.post("/dead-letters/discard")
async def discard_dead_letters(operator: CurrentOperator, selection: Discarded) -> Handled:
    """Remove them with their contents, for ever."""
    line = partial(letter_line, operator, "dead_letters.discard", why=selection.why)
    discard = partial(_redelivery(operator).discard, line=line)
    return await _handled(operator, selection, _all_of_them if selection.dry_run else discard)


class _Rehearsing:
    """Tells what would become of letters, of the first by running their handlers."""

    def __init__(self, redelivery: Redelivery) -> None:
        self.redelivery, self.left = redelivery, AT_ONCE

    async def handle(self, rows: Sequence[Document]) -> list[Redelivered]:
        """See `Redelivery.rehearse`."""
        first, others = rows[: self.left], rows[self.left :]
        self.left -= len(first)
        return [*await self.redelivery.rehearse(first), *await self.redelivery.check(others)]


def _redelivery(operator: Operator) -> Redelivery:
    return Redelivery(operator.engine.executor, operator.engine.search)


async def _all_of_them(rows: Sequence[Document]) -> list[Redelivered]:
    return [Redelivered(row) for row in rows]


async def _handled(
    operator: Operator, selection: Selection, handle: Callable[[Sequence[Document]], Awaitable[list[Redelivered]]]
) -> Handled:
    """Do it to all that is selected, and tell what became of each."""
    found = Handled(matched=0, done=[], refused=[], dry_run=selection.dry_run)
    async for rows in _selected(operator, selection):
        for redelivered in await handle(rows):
            found.matched += 1
            if redelivered.refused:
                found.refused.append(RefusedLetter(**name_of(redelivered.row), reason=redelivered.refused))
            else:
                found.done.append(LetterName(**name_of(redelivered.row)))
            if (how := redelivered.rehearsed) is not None:
                found.rehearsed.append(
                    RehearsedLetter(
                        **name_of(redelivered.row), outcome=how.outcome, events=[*how.events], detail=how.detail
                    )
                )
    named = {(one.tenant, one.id) for one in (*found.done, *found.refused)}
    missing = (name for name in selection.letters if (name.tenant, name.id) not in named)
    found.refused.extend(RefusedLetter(tenant=name.tenant, id=name.id, reason=GONE) for name in missing)
    return found


async def _selected(operator: Operator, selection: Selection) -> AsyncIterator[list[Document]]:
    """The letters that there are now: one that is buried anew meanwhile is another."""
    store, after = operator.engine.store, None
    if selection.letters:
        keys = list(dict.fromkeys(f"{name.tenant}/{name.id}" for name in selection.letters))
        for start in range(0, len(keys), AT_ONCE):
            found = await store.get(DeadLetter.collection, keys[start : start + AT_ONCE])
            yield [found[key] for key in keys[start : start + AT_ONCE] if key in found]
        return
    wanted = where(selection.tenant, selection.handler, selection.type)
    wanted["state.at"] = {"$lte": operator.engine.executor.clock()}
    while rows := await store.find(DeadLetter.collection, wanted, limit=AT_ONCE, after=after):
        yield [row for row in rows if selection.cause in (None, cause_of(row).id)]
        after = rows[-1]["_id"]
