"""What the declarations of the tests are made of, and handlers made of types."""

from collections.abc import Sequence
from inspect import Parameter, Signature
from typing import Annotated, Any

from pydantic import BaseModel

from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate, LocalCopy, ReadModel, Timer
from shared.engine.authoring.loads import Bundle, create, optional, require
from shared.engine.authoring.signatures import Function
from tests.shared.engine.shop import Sold, Till


class Returned(Event, aggregate="till", subject="till_id", service="shop"):
    """Something was brought back."""

    till_id: str
    number: int = 0
    reason: str | None = None


class Wholesale(Event, aggregate="till", subject="buyer_id", service="shop"):
    """Something was sold at several tills."""

    buyer_id: str
    till_id: list[str]


class Recount(Timer):
    """A till is to be counted."""

    till_id: str


class Move(BaseModel):
    """Move something from one till to others."""

    till_id: str = "t1"
    others: list[str] = []
    clerk_id: str | None = None
    number: int = 0

    @property
    def every(self) -> list[str]:
        """All tills that it is about."""
        return [self.till_id, *self.others]

    @property
    def untyped(self):  # type: ignore[no-untyped-def]
        """Nobody says what this is."""
        return self.till_id


class Desk(BaseModel):
    """Where a clerk works."""

    till_id: str


class Clerk(Aggregate, name="clerk"):
    """Who sells, and where."""

    till_ids: list[str] = []
    boss_id: str | None = None
    home_id: str = "t9"
    desks: list[Desk] = []


class Copy(LocalCopy, name="copy"):
    """A till, as it was brought back last."""

    number: int = 0
    reason: str | None = None


class WrongCopy(LocalCopy, name="wrong-copy"):
    """A till whose number is a text."""

    number: str = ""


class Sales(ReadModel, name="sales"):
    """What a till has sold."""


Tills = Annotated[list[Till], require("every")]
One = Annotated[Till, require("till_id")]
Somebody = Annotated[Clerk, create("till_id")]
Perhaps = Annotated[Clerk | None, optional("clerk_id")]


class Empty(Bundle):
    """Loads nothing."""


class Numbered(Bundle):
    """A till, and a number that nobody loads."""

    till: One
    number: int


class Misspelled(Bundle):
    """A till by a field that is not there."""

    till: Annotated[Till, require("til_id")]


class OneTill(Bundle):
    """A till."""

    till: One


def tills_of(_: Move, clerk: Clerk) -> list[str]:
    """The tills of a clerk."""
    return clerk.till_ids


def tills_if_any(_: Move, clerk: Clerk | None) -> list[str]:
    """The tills of a clerk, if there is one."""
    return clerk.till_ids if clerk else []


def id_of_all(_: BaseModel, tills: Sequence[Till]) -> str:
    """One id for several tills."""
    return "+".join(till.id for till in tills)


def of_sale(sold: Sold) -> str:
    return sold.till_id


def of_stranger(_: Move, stranger: Till) -> str:
    return stranger.id


def of_several(_: Move, tills: Till) -> str:
    return tills.id


def a_number(_: Move) -> int:
    return 1


def without_result(_: Move):  # type: ignore[no-untyped-def]
    return "t1"


def a_guess(_: Move) -> "Nowhere":  # type: ignore[name-defined]  # noqa: F821
    return "t1"


def taking(message: Any, **types: Any) -> Function:
    """A handler with parameters of these types."""

    def handler(*_: object) -> None:
        """Never called."""

    handler.__annotations__ = {"message": message, **types}
    parameters = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in handler.__annotations__]
    vars(handler)["__signature__"] = Signature(parameters)
    return handler


def till(key: Any, type: Any = Till, **before: Any) -> Function:
    """A handler of `Move` that creates a till by this key, behind other loads."""
    return taking(Move, **before, till=Annotated[type, create(key)])
