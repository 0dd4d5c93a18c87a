"""A key that is always in exactly one of two tills: who finds it in neither has looked at two different moments."""

from typing import Annotated

from pydantic import BaseModel

from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create
from shared.errors import Refusal


class KeyMoved(Event, aggregate="till", subject="till_id", service="ledger"):
    """The key is in this till now."""

    till_id: str
    move: int


class Till(Aggregate, name="till"):
    """One of the two tills. The first one has the key until it is moved."""

    has_key: bool | None = None


class Seeker(Aggregate, name="seeker"):
    """Who has found the key, and how often."""

    found: list[int] = []


class NoKey(Refusal):
    """Neither till has the key, which cannot be."""


class MoveKey(BaseModel):
    """Put the key into the other till."""

    move: int


class FindKey(BaseModel):
    """Say that the key is in one of the tills."""

    seeker_id: str
    look: int


FIRST, SECOND = "first", "second"


def first_id(_: BaseModel) -> str:
    """One till."""
    return FIRST


def second_id(_: BaseModel) -> str:
    """The other till."""
    return SECOND


def second_after(_: BaseModel, first: Till) -> str:
    """The other till, looked for once the first is found."""
    return SECOND


def only_seeker(_: KeyMoved) -> str:
    """Who looks for the key each time that it has moved."""
    return "seek"


class Tills(Bundle):
    """Both tills, one after the other."""

    first: Annotated[Till, create(first_id)]
    second: Annotated[Till, create(second_after)]


def keys() -> Handlers:
    """Who moves the key, and who looks for it."""
    handlers = Handlers()

    @handlers.post("/keys/move")
    def move(
        command: MoveKey,
        first: Annotated[Till, create(first_id)],
        second: Annotated[Till, create(second_id)],
        ctx: Context,
    ) -> None:
        first.has_key, second.has_key = not _has_key(first), _has_key(first)
        ctx.emit(KeyMoved(till_id=FIRST if first.has_key else SECOND, move=command.move))

    @handlers.post("/keys/find")
    def find(command: FindKey, tills: Tills, seeker: Annotated[Seeker, create("seeker_id")]) -> None:
        _look(tills.first, tills.second, seeker, command.look)

    @handlers.on("seek")
    def seek(event: KeyMoved, tills: Tills, seeker: Annotated[Seeker, create(only_seeker)]) -> None:
        _look(tills.first, tills.second, seeker, event.move)

    return handlers


def _has_key(first: Till) -> bool:
    return first.has_key is not False


def _look(first: Till, second: Till, seeker: Seeker, number: int) -> None:
    if not (_has_key(first) or second.has_key):
        raise NoKey("Neither till has the key.")
    seeker.found.append(number)
