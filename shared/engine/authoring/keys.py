"""By which key a load is found: a path or a function, checked against what it starts from when it is declared."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, NewType, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from shared.engine.authoring.loads import Keys

LISTS = (list, tuple, Sequence)


class Unfit(Exception):
    """A declaration that could only fail at a message; says what is wrong, and what to do."""


class Shape(NamedTuple):
    """Whether there may be several, and whether there may be None."""

    many: bool = False
    nullable: bool = False


class Given(NamedTuple):
    """What a load gives to the handler, and to the keys of later loads."""

    kind: type
    shape: Shape


class Key(NamedTuple):
    """A key as the engine calls it: with the message, and the loads that it needs."""

    function: Keys | None
    needs: tuple[str, ...]
    shape: Shape


def find(key: str | Keys, takes: Sequence[type[BaseModel]], earlier: Mapping[str, Given]) -> Key:
    """Return the key of a load of a handler that takes these, behind other loads; raises `Unfit`."""
    return _path(key, takes, earlier) if isinstance(key, str) else _function(key, takes, earlier)


def plain(hint: Any) -> Any:  # as all of these: whatever stands in an annotation
    """Return the type itself: without what `Annotated` and `NewType` put around it."""
    while True:
        if get_origin(hint) is Annotated:
            hint = get_args(hint)[0]
        elif isinstance(hint, NewType):
            hint = hint.__supertype__
        else:
            return hint


def without_none(hint: Any) -> tuple[list[Any], bool]:
    """Return the members of a union, or the one type; and whether None is among them."""
    hint = plain(hint)
    members = [plain(one) for one in get_args(hint)] if get_origin(hint) in (Union, UnionType) else [hint]
    return [one for one in members if one is not NoneType], NoneType in members


def item(hint: Any) -> Any:
    """Return what a list is of; None if it is no list."""
    items = [one for one in get_args(hint) if one is not Ellipsis] if get_origin(hint) in LISTS else []
    return Union[tuple(items)] if items else None  # noqa: UP007 - made of as many as there are


def shown(hint: Any) -> str:
    """Return a type as an author would write it."""
    return hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint).replace("typing.", "")


def _path(path: str, takes: Sequence[type[BaseModel]], earlier: Mapping[str, Given]) -> Key:
    head, *rest = path.split(".")
    fields = [one for one in takes if _annotation(one, head) is not None]
    if head in earlier:
        if fields:
            raise Unfit(f"{head} is a load and a field of {fields[0].__name__}: rename the load")
        if not rest:
            raise Unfit(f"the key is the load {head} itself: say which field of it, such as {head}.id")
        return _through(head, rest, earlier[head])
    for one in takes:
        if one not in fields:
            declared = f", nor is a load declared before it ({', '.join(earlier)})" if earlier else ""
            raise Unfit(f"{head} is no field or property of {one.__name__}{declared}")
    walked = [_walk(one, [head, *rest], Shape()) for one in takes]
    shapes = {shape for shape, _ in walked}
    if len(shapes) > 1:
        raise Unfit(f"{path} is one id in one of {', '.join(one.__name__ for one in takes)}, and not in another")
    shape, is_direct = walked[0]
    return Key(_getter([head, *rest], is_direct), (), shape)


def _through(head: str, rest: Sequence[str], load: Given) -> Key:
    shape, is_direct = _walk(load.kind, rest, load.shape)
    get = _getter(rest, is_direct and load.shape == Shape())
    return Key(lambda _, loaded: get(loaded), (head,), shape)


def _getter(names: Sequence[str], is_direct: bool) -> Callable[[Any], Any]:
    return attrgetter(".".join(names)) if is_direct else lambda value: _follow(value, names)


def _follow(value: Any, names: Sequence[str]) -> Any:
    """Through None it is None, through a list a list."""
    for number, name in enumerate(names):
        if value is None:
            return None
        if isinstance(value, list | tuple):
            return [_follow(one, names[number:]) for one in value]
        value = getattr(value, name)
    return value


def _walk(kind: type, names: Sequence[str], shape: Shape) -> tuple[Shape, bool]:
    """What is at the end of a path, and whether nothing on the way may be several or None."""
    is_direct, owners = True, [kind]
    for number, name in enumerate(names):
        hints = {one: _annotation(one, name) for one in owners}
        for owner, hint in hints.items():
            if hint is None:
                raise Unfit(f"{name} is no field or typed property of {shown(owner)}")
        members, nullable = without_none(Union[tuple(hints.values())])  # noqa: UP007 - as above
        if nullable and shape.many:
            raise Unfit(f"{name} may be None for some of several: write a function that leaves these out")
        if number == len(names) - 1:
            return _ids(members, nullable, shape, ".".join(names)), is_direct
        items = [found for one in members if (found := item(one)) is not None]
        if items and (len(items) < len(members) or shape.many):
            raise Unfit(f"{name} is several of several: write a function that returns a list")
        owners = without_none(items[0])[0] if items else members
        shape = Shape(shape.many or bool(items), shape.nullable or nullable)
        is_direct = is_direct and not (items or nullable)
    raise AssertionError("a path has an end")


def _ids(members: Sequence[Any], nullable: bool, before: Shape, what: str) -> Shape:
    """The shape of ids of these types; raises `Unfit` if they are none."""
    if members and all(map(_is_id, members)):
        return Shape(before.many, before.nullable or nullable)
    items = [item(one) for one in members]
    if items and all(one is not None and all(map(_is_id, without_none(one)[0])) for one in items):
        if before.many:
            raise Unfit(f"{what} is several ids for each of several: write a function that returns one list")
        return Shape(True, before.nullable or nullable)
    raise Unfit(f"{what} is {' | '.join(map(shown, members))}, and no id: a str, a list of these, or None")


def _is_id(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, str)


def _annotation(owner: Any, name: str) -> Any:
    """The type of a field or property; None if there is none of that name, or nothing says its type."""
    if not isinstance(owner, type):
        return None
    member = inspect.getattr_static(owner, name, None)
    if isinstance(member, property | cached_property):
        function = member.fget if isinstance(member, property) else member.func
        return get_type_hints(function).get("return")
    if issubclass(owner, BaseModel) and name in owner.model_fields:
        return owner.model_fields[name].annotation
    return None if issubclass(owner, BaseModel) else get_type_hints(owner).get(name)


def _function(key: Keys, takes: Sequence[type[BaseModel]], earlier: Mapping[str, Given]) -> Key:
    name = getattr(key, "__name__", str(key))
    hints, (first, *needs) = _hints(key, name)
    for one in takes:
        if not _accepts(hints[first], one):
            raise Unfit(
                f"{name} takes {shown(hints[first])}, not {one.__name__}: give `{first}` the type of the message"
            )
    for need in needs:
        if need not in earlier:
            raise Unfit(f"{name} asks for {need}, which is no load declared before: rename it, or declare it first")
        if not _accepts_load(hints[need], earlier[need]):
            raise Unfit(f"{name} takes {need} as {shown(hints[need])}, but it is loaded as {as_type(earlier[need])}")
    members, nullable = without_none(hints["return"])
    return Key(key, tuple(needs), _ids(members, nullable, Shape(), f"what {name} returns"))


def _hints(key: Keys, name: str) -> tuple[dict[str, Any], list[str]]:
    parameters = list(inspect.signature(key).parameters)
    try:
        hints = get_type_hints(key)
    except (NameError, TypeError) as error:
        raise Unfit(f"the types of {name} cannot be read: {error}") from error
    lacking = [one for one in [*parameters, "return"] if one not in hints]
    if not parameters or lacking:
        raise Unfit(
            f"the key {name} has no type for {' and '.join(lacking) or 'the message'}: "
            "write a path, or a function whose parameters and result have types"
        )
    return hints, parameters


def as_type(given: Given) -> str:
    """Return the type of a parameter that gets it."""
    kind = f"list[{given.kind.__name__}]" if given.shape.many else given.kind.__name__
    return f"{kind} | None" if given.shape.nullable else kind


def _accepts(hint: Any, kind: type) -> bool:
    members, _ = without_none(hint)
    return any(one in (Any, object) or (isinstance(one, type) and issubclass(kind, one)) for one in members)


def _accepts_load(hint: Any, given: Given) -> bool:
    members, nullable = without_none(hint)
    if given.shape.nullable and not nullable:
        return False
    if not given.shape.many:
        return _accepts(hint, given.kind)
    return any(_accepts(get_args(one)[0], given.kind) for one in members if get_origin(one) in (list, Sequence))
