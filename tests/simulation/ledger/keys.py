"""A key that is always in exactly one of two tills: who finds it in neither has looked at two different moments."""

from pydantic import BaseModel

from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
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

TILLS = {
    "first": create(Till, lambda _: FIRST),
    "second": create(Till, lambda _, first: SECOND if first else None),  # a second round: others commit between the two
}


def keys() -> Handlers:
    """Who moves the key, and who looks for it."""
    handlers = Handlers()

    @handlers.post(
        "/keys/move", loads={"first": create(Till, lambda _: FIRST), "second": create(Till, lambda _: SECOND)}
    )
    def move(command: MoveKey, first: Till, second: Till, ctx: Context) -> None:
        first.has_key, second.has_key = not _has_key(first), _has_key(first)
        ctx.emit(KeyMoved(till_id=FIRST if first.has_key else SECOND, move=command.move))

    @handlers.post("/keys/find", loads={**TILLS, "seeker": create(Seeker, "seeker_id")})
    def find(command: FindKey, first: Till, second: Till, seeker: Seeker) -> None:
        _look(first, second, seeker, command.look)

    @handlers.on("seek", loads={**TILLS, "seeker": create(Seeker, lambda _: "seek")})
    def seek(event: KeyMoved, first: Till, second: Till, seeker: Seeker) -> None:
        _look(first, second, seeker, event.move)

    return handlers


def _has_key(first: Till) -> bool:
    return first.has_key is not False


def _look(first: Till, second: Till, seeker: Seeker, number: int) -> None:
    if not (_has_key(first) or second.has_key):
        raise NoKey("Neither till has the key.")
    seeker.found.append(number)
