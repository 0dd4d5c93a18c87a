"""What a handler takes and loads, read from its signature once; what could only fail at a message is refused here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from inspect import signature
from operator import itemgetter
from types import UnionType
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate, InternalMessage, ReadModel
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import Grant
from shared.engine.authoring.keys import Given, Key, Shape, Unfit, as_type, find, item, shown, without_none
from shared.engine.authoring.loads import Bundle, Declared, Load, Mode, is_stale
from shared.engine.authoring.permissions import Guard

MOST = 2
"""Loads and bundles that stand between the message and the context."""

Function = Callable[..., BaseModel | None]
Give = Callable[[Mapping[str, Any]], object]  # from what is loaded, by its names, to an argument


class Misdeclared(TypeError):
    """A handler that could only fail: names the handler and the load, what is wrong with it, and what to do."""


class Signature(NamedTuple):
    """What a handler takes, loads, and gets as arguments behind the message."""

    takes: tuple[type[BaseModel], ...]
    loads: Mapping[str, Load]
    gives: tuple[Give, ...] = ()
    wants_context: bool = False
    guards: tuple[Guard, ...] = ()


def read_command(function: Function, allow: Sequence[Grant] = ()) -> Signature:
    """Return the signature of what handles a command for whom it says; raises `Misdeclared`."""
    with _naming(function):
        found, loading = _read(function, BaseModel, "a model")
        _check_command(found.takes, loading)
        return found._replace(guards=tuple([_guard(grant, loading) for grant in allow]))


def read_reaction(function: Function, kinds: type | UnionType = Event | InternalMessage) -> Signature:
    """Return the signature of what handles messages of these kinds; raises `Misdeclared`."""
    with _naming(function):
        return _read(function, kinds, "events, timers or outcomes")[0]


@contextmanager
def _naming(function: Function) -> Iterator[None]:
    try:
        yield
    except Unfit as unfit:
        raise Misdeclared(f"{function.__module__}.{function.__qualname__}: {unfit}") from None


def _read(function: Function, kinds: type | UnionType, what: str) -> tuple[Signature, "Loading"]:
    hints, parameters = _hints(function), list(signature(function).parameters)
    takes = _messages(hints.get(parameters[0]) if parameters else None)
    if not takes or not all(issubclass(one, kinds) for one in takes):
        raise Unfit(f"its first parameter says what it handles: write the type of {what}")
    if wants_context := hints.get(parameters[-1]) is Context:
        parameters.pop()
    if len(parameters) > 1 + MOST:
        raise Unfit(f"it has {len(parameters) - 1} loads, and may have {MOST}: put them into a class of type Bundle")
    loading = Loading(takes)
    gives = tuple([loading.parameter(name, hints.get(name)) for name in parameters[1:]])
    _check_projection(loading)
    return Signature(takes, loading.loads, gives, wants_context), loading


def _hints(declared: Any) -> dict[str, Any]:  # a function or a class
    try:
        return get_type_hints(declared, include_extras=True)
    except (NameError, TypeError) as error:
        raise Unfit(f"the types of {declared.__name__} cannot be read: {error}") from error


def _messages(hint: Any) -> tuple[type[BaseModel], ...]:
    """The models of a union, or the one; none if there is anything else."""
    members, nullable = without_none(hint)
    models = tuple([one for one in members if isinstance(one, type) and issubclass(one, BaseModel)])
    return () if nullable or len(models) < len(members) else models


def _check_command(takes: tuple[type[BaseModel], ...], loading: "Loading") -> None:
    if len(takes) > 1:
        raise Unfit(f"a command comes by a path of its own, and it takes {len(takes)}: write a handler for each")
    for name, load in loading.loads.items():
        if load.mode is Mode.AWAIT:
            raise Unfit(f"{name}: nobody waits for a command: write require(...) instead of awaits(...)")
    for name, given in list(loading.given.items())[:1]:
        if loading.loads[name].mode is Mode.OPTIONAL or given.shape != Shape():
            raise Unfit(
                f"{name}: the first load of a command is its subject, whose id and version are the answer: "
                "declare one aggregate first that is created or required"
            )


def _guard(grant: Grant, loading: "Loading") -> Guard:
    """The way from a message to what a grant depends on; raises `Unfit` if there is none that is always there."""
    if not grant.path:
        return Guard(grant)
    try:
        key = find(grant.path, loading.takes, loading.given)
    except Unfit as unfit:
        raise Unfit(f"allow, {grant.named}: {unfit}") from None
    for name in key.needs:
        load = loading.loads[name]
        if load.mode is not Mode.REQUIRE or load.needs or loading.given[name].shape != Shape():
            raise Unfit(
                f"allow, {grant.named}: {name} may lack, be several or be found through another load: "
                "let it begin at one that is required and that the message names"
            )
    return Guard(grant, key.function, key.needs)


def _check_projection(loading: "Loading") -> None:
    kinds = {load.aggregate.collection: load.aggregate for load in loading.loads.values()}
    if len(kinds) > 1 and any(issubclass(kind, ReadModel) for kind in kinds.values()):
        raise Unfit(f"a projection loads rows of one read model and nothing else, not {' and '.join(kinds)}")


class Loading:
    """The loads of one handler, read in the order in which they are declared."""

    def __init__(self, takes: tuple[type[BaseModel], ...]) -> None:
        self.takes = takes
        self.loads: dict[str, Load] = {}
        self.given: dict[str, Given] = {}

    def parameter(self, name: str, hint: Any) -> Give:
        """Return the argument for a parameter: one load, or a bundle of them."""
        if not (isinstance(hint, type) and issubclass(hint, Bundle)):
            self._add(name, name, hint)
            return itemgetter(name)
        hints = _hints(hint)
        names = [one.name for one in fields(hint)]
        if not names:
            raise Unfit(f"{name}: {hint.__name__} loads nothing: give it a field, or leave the parameter out")
        for field in names:
            self._add(f"{name}.{field}", field, hints[field])
        return _bundling(hint, names)

    def _add(self, where: str, name: str, hint: Any) -> None:
        try:
            if name in self.loads:
                raise Unfit(f"another load is called {name}, too: rename one of them")
            self.loads[name], self.given[name] = self._read(hint)
        except Unfit as unfit:
            raise Unfit(f"{where}: {unfit}") from None

    def _read(self, hint: Any) -> tuple[Load, Given]:
        declared = [one for one in get_args(hint)[1:] if isinstance(one, Declared)]
        if get_origin(hint) is not Annotated or len(declared) != 1:
            raise Unfit(
                f"it is {shown(hint)}, which does not say what is loaded: "
                "write Annotated[Match, require(...)] for a load, a class of type Bundle, or ctx: Context as the last"
            )
        kind, written = _aggregate(hint)
        asked = declared[0].key
        key = Key(None, (), Shape()) if asked is None else find(asked, self.takes, self.given)
        expected = Given(kind, key.shape._replace(nullable=key.shape.nullable or _may_lack(declared[0], key)))
        if written != expected.shape:
            raise Unfit(_why(declared[0], key, Given(kind, written), expected))
        load = Load(kind, key.function, declared[0].mode, is_stale(kind, declared[0]), key.needs)
        return load, expected


def _aggregate(hint: Any) -> tuple[type[Aggregate], Shape]:
    """What an annotation says: of which kind, whether several, and whether it may be None."""
    members, nullable = without_none(hint)
    listed = item(members[0]) if len(members) == 1 else None
    kinds = without_none(listed)[0] if listed is not None else members
    if len(kinds) != 1 or not (isinstance(kinds[0], type) and issubclass(kinds[0], Aggregate)):
        raise Unfit(f"{shown(get_args(hint)[0])} is no aggregate: write one, a list of one, or one | None")
    return kinds[0], Shape(listed is not None, nullable)


def _may_lack(declared: Declared, key: Key) -> bool:
    """Whether one that does not exist is given as None; several are left out."""
    return declared.mode is Mode.OPTIONAL and not key.shape.many


def _why(declared: Declared, key: Key, written: Given, expected: Given) -> str:
    if written.shape.many != expected.shape.many:
        reason = "its key names several ids" if expected.shape.many else "its key names one id"
    elif expected.shape.nullable:
        reason = "its key may be None" if key.shape.nullable else "it may not exist"
    else:
        reason = "it is made if it does not exist" if declared.mode is Mode.CREATE else "without it nothing is handled"
    return f"{reason}, so its type is {as_type(expected)} and not {as_type(written)}"


def _bundling(bundle: type[Bundle], names: list[str]) -> Give:
    """Makes a bundle of what is loaded, past the slow way in which a frozen dataclass is set."""

    def give(known: Mapping[str, Any]) -> Bundle:
        made = object.__new__(bundle)
        vars(made).update({name: known[name] for name in names})
        return made

    return give
