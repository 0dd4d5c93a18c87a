"""Mistakes in declarations are refused at import: each `raise Unfit` of `authoring` is seen to be needed here."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

import pytest

from shared.contracts.event import Event
from shared.engine.authoring.aggregate import LocalCopy
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import awaits, create, optional, reads, require
from shared.engine.authoring.signatures import Function, Misdeclared
from tests.shared.engine.authoring.declaring import (
    Clerk,
    Copy,
    Empty,
    Misspelled,
    Move,
    Numbered,
    One,
    OneTill,
    Perhaps,
    Recount,
    Returned,
    Sales,
    Somebody,
    Tills,
    Wholesale,
    WrongCopy,
    a_guess,
    a_number,
    of_sale,
    of_several,
    of_stranger,
    taking,
    till,
    tills_of,
    without_result,
)
from tests.shared.engine.shop import Sold, Till

COMMANDS = [
    # Where a key begins, and what it leads to
    (till("til_id"), "till: til_id is no field or property of Move"),
    (taking(Move, moved=Misspelled), "moved.till: til_id is no field or property of Move"),
    (till("clerk.home_id"), "till: clerk is no field or property of Move"),
    (
        taking(Move, till=Annotated[Till, create("clerk.home_id")], clerk=Somebody),
        "till: clerk is no field or property of",
    ),
    (till("clerk.hom_id", clerk=Somebody), "till: hom_id is no field or typed property of Clerk"),
    (till("clerk", clerk=Somebody), "till: the key is the load clerk itself: say which field of it, such as clerk.id"),
    (till("number.home_id", number=Somebody), "till: number is a load and a field of Move: rename the load"),
    (till("untyped"), "till: untyped is no field or property of Move"),
    (till("number"), "till: number is int, and no id"),
    (till("till_id.home"), "till: home is no field or typed property of str"),
    (
        till("all.till_ids", list[Till], all=Annotated[list[Clerk], create("every")]),
        "till_ids is several ids for each of",
    ),
    (
        till("all.boss_id", list[Till], all=Annotated[list[Clerk], create("every")]),
        "boss_id may be None for some of sev",
    ),
    (till("all.desks.till_id", list[Till], all=Annotated[list[Clerk], create("every")]), "desks is several of several"),
    # Functions as keys
    (
        till(lambda move: move.till_id),
        "till: the key <lambda> has no type for move and return: write a path, or a function",
    ),
    (till(without_result), "till: the key without_result has no type for return"),
    (till(a_guess), "till: the types of a_guess cannot be read: name 'Nowhere' is not defined"),
    (till(a_number), "till: what a_number returns is int, and no id"),
    (till(of_sale), "till: of_sale takes Sold, not Move: give `sold` the type of the message"),
    (till(of_stranger), "till: of_stranger asks for stranger, which is no load declared before"),
    (till(of_several, tills=Tills), "till: of_several takes tills as Till, but it is loaded as list[Till]"),
    (
        till(tills_of, list[Till], clerk=Perhaps),
        "till: tills_of takes clerk as Clerk, but it is loaded as Clerk | None",
    ),
    # Types
    (till("every"), "till: its key names several ids, so its type is list[Till] and not Till"),
    (till("till_id", list[Till]), "till: its key names one id, so its type is Till and not list[Till]"),
    (till("clerk_id"), "till: its key may be None, so its type is Till | None and not Till"),
    (till("clerk.home_id", clerk=Perhaps), "till: its key may be None, so its type is Till | None and not Till"),
    (till("till_id", Till | None), "till: it is made if it does not exist, so its type is Till and not Till | None"),
    (
        taking(Move, till=Annotated[Till | None, require("till_id")]),
        "till: without it nothing is handled, so its type is",
    ),
    (
        taking(Move, clerk=Somebody, till=Annotated[Till, optional("till_id")]),
        "till: it may not exist, so its type is Till |",
    ),
    (
        taking(Move, clerk=Somebody, till=Annotated[Till, reads("till_id")]),
        "till: it may not exist, so its type is Till |",
    ),
    (till("till_id", Move), "till: Move is no aggregate"),
    (till("till_id", Till | Clerk), "is no aggregate: write one, a list of one, or one | None"),
    # Parameters
    (taking(Move, till=Till), "till: it is Till, which does not say what is loaded: write Annotated"),
    (taking(Move, till=None), "till: it is NoneType, which does not say what is loaded"),
    (taking(Move, number=int), "number: it is int, which does not say what is loaded"),
    (taking(Move, ctx=Context, till=One), "ctx: it is Context, which does not say what is loaded"),
    (taking(Move, numbered=Numbered), "numbered.number: it is int, which does not say what is loaded"),
    (taking(Move, empty=Empty), "empty: Empty loads nothing: give it a field, or leave the parameter out"),
    (taking(Move, till=One, one=OneTill), "one.till: another load is called till, too: rename one of them"),
    (taking(Move, till=One, clerk=Somebody, tills=Tills), "it has 3 loads, and may have 2: put them into a class"),
    (taking(int), "its first parameter says what it handles: write the type of a model"),
    (taking(Move | int), "its first parameter says what it handles: write the type of a model"),
    # What a command may not declare
    (taking(Move | Recount), "a command comes by a path of its own, and it takes 2: write a handler for each"),
    (taking(Move, till=Annotated[Till, awaits("till_id")]), "till: nobody waits for a command: write require(...)"),
    (taking(Move, tills=Tills), "tills: the first load of a command is its subject"),
    (taking(Move, clerk=Perhaps), "clerk: the first load of a command is its subject"),
    (taking(Move, till=Annotated[Till | None, reads("till_id")]), "till: the first load of a command is its subject"),
]

REACTIONS = [
    (taking(Sold | Recount, till=Annotated[Till, create("text")]), "till: text is no field or property of Recount"),
    (taking(Sold | Returned, till=Annotated[Till, create(of_sale)]), "till: of_sale takes Sold, not Returned"),
    (
        taking(Sold | Wholesale, till=Annotated[Till, create("till_id")]),
        "till: till_id is one id in one of Sold, Wholesale",
    ),
    (
        taking(Sold, sales=Annotated[Sales, create("till_id")], till=One),
        "a projection loads rows of one read model and",
    ),
    (taking(Move), "its first parameter says what it handles: write the type of events, timers or outcomes"),
    (taking(Sold | None), "its first parameter says what it handles: write the type of events, timers or outcomes"),
]


@pytest.mark.parametrize(
    ("contract", "copy", "error"),
    [
        (Sold, Copy, "Copy.reason is no field of Sold: leave it out, or rename it"),
        (Returned, WrongCopy, "WrongCopy.number must be of the type that it has in Returned"),
    ],
)
def test_a_local_copy_of_what_the_contract_does_not_say_is_refused(
    contract: type[Event], copy: type[LocalCopy], error: str
) -> None:
    with pytest.raises(TypeError, match=re.escape(error)):
        Handlers().copies(contract, copy)


def test_a_local_copy_by_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(Misdeclared, match="kept: home_id is no field or property of Returned"):
        Handlers().copies(Returned, Copy, key="home_id")


def of(mistakes: Sequence[tuple[Function, str]]) -> list[Any]:
    """The mistakes, each under the name of its error."""
    return [pytest.param(*one, id=one[1]) for one in mistakes]


@pytest.mark.parametrize(("handler", "error"), of(COMMANDS))
def test_a_mistake_in_a_command_is_refused_at_import(handler: Function, error: str) -> None:
    with pytest.raises(TypeError, match=re.escape(error)) as raised:
        Handlers().post("/moves")(handler)
    assert f"{taking.__module__}.taking.<locals>.handler: " in str(raised.value)


@pytest.mark.parametrize(("handler", "error"), of(REACTIONS))
def test_a_mistake_in_a_reaction_is_refused_at_import(handler: Function, error: str) -> None:
    with pytest.raises(TypeError, match=re.escape(error)) as raised:
        Handlers().on("move")(handler)
    assert f"{taking.__module__}.taking.<locals>.handler: " in str(raised.value)
