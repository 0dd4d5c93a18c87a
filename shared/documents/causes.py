"""Which handlers publish an event, read from their code.

From a handler, every function and method of its service that it can reach is looked at for the events that are made
there. A method is found by the class of the parameter that it is called on, or else by its name: a handler may be
listed that never publishes the event. A class that is handed over counts as made; one out of a variable is not seen.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, get_type_hints

from shared.contracts.event import Contract, Event, State
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.service import Service

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(slots=True, frozen=True)
class Code:
    """A function, and the class that it is a method of, if any."""

    function: FunctionType
    owner: type | None = None


def causes(contract: type[Contract], service: Service) -> list[Handler]:
    """Return the handlers of a service that may publish this event, or change what this state is of."""
    if issubclass(contract, State):
        shown = {collection for collection, state in service.shared.items() if state is contract}
        return [handler for handler in service.handlers if shown & changed_by(handler)]
    return [handler for handler in service.handlers if contract in emitted_by(handler)]


def emitted_by(handler: Handler) -> frozenset[type[Event]]:
    """Return the events that a handler may publish."""
    return _emitted(handler.function)


def changed_by(handler: Handler) -> set[str]:
    """Return the collections of the aggregates that a handler may change."""
    changing = {code.owner for code in _reached(handler.function) if any(map(_is_change, _nodes(code)))}
    loaded = (load.aggregate for load in handler.loads.values() if not load.stale)
    return {aggregate.collection for aggregate in loaded if changing & set(aggregate.__mro__)}


@cache
def _reached(function: FunctionType) -> frozenset[Code]:
    """All of the service's code that a function may come to, itself included."""
    package = ".".join(function.__module__.split(".")[:2])
    left, seen = [Code(function)], set[Code]()
    while left:
        code = left.pop()
        if code not in seen:
            seen.add(code)
            left += _referred(code, package)
    return frozenset(seen)


@cache
def _emitted(function: FunctionType) -> frozenset[type[Event]]:
    """The events that are made in code that a function may come to."""
    calls = ((node, code) for code in _reached(function) for node in _nodes(code) if isinstance(node, ast.Call))
    made = (_named(one, code.function) for call, code in calls for one in (call.func, *call.args))
    return frozenset(one for one in made if isinstance(one, type) and issubclass(one, Event))


def _referred(code: Code, package: str) -> Iterator[Code]:
    """The functions, methods and properties of a package that some code names."""
    known = _known_types(code)
    for node in _nodes(code):
        if isinstance(node, ast.Name) and _is_of(package, named := _named(node, code.function)):
            yield Code(named)
        elif isinstance(node, ast.Attribute):
            yield from _methods(node.attr, package, _type_of(node.value, known))


def _type_of(node: ast.expr, known: dict[str, type]) -> type | None:
    """The class of a parameter, or of an attribute of one, such as a load in a bundle; None if it is not known."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    owner = _type_of(node.value, known) if isinstance(node, ast.Attribute) else None
    hint = get_type_hints(owner).get(node.attr) if owner and isinstance(node, ast.Attribute) else None
    return hint if isinstance(hint, type) else None


def _nodes(code: Code) -> Iterator[ast.AST]:
    return ast.walk(_definitions(code.function.__code__.co_filename)[code.function.__code__.co_firstlineno])


@cache
def _definitions(file: str) -> dict[int, ast.AST]:
    """The functions in a file, by the line that they begin in, decorators included."""
    functions = (node for node in ast.walk(ast.parse(Path(file).read_text())) if isinstance(node, FUNCTIONS))
    return {min(one.lineno for one in [node, *node.decorator_list]): node for node in functions}


def _is_change(node: ast.AST) -> bool:
    """Whether something is assigned to an attribute of `self`."""
    target = node.value if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) else None
    return isinstance(target, ast.Name) and target.id == "self"


def _known_types(code: Code) -> dict[str, type]:
    """The classes of a function's parameters, where the annotation is one."""
    hints = {name: hint for name, hint in get_type_hints(code.function).items() if isinstance(hint, type)}
    return hints | ({"self": code.owner, "cls": code.owner} if code.owner else {})


def _named(node: ast.expr, function: FunctionType) -> Any:  # whatever has that name
    if not isinstance(node, ast.Name):
        return None
    return {**function.__globals__, **inspect.getclosurevars(function).nonlocals}.get(node.id)


def _is_of(package: str, value: object) -> bool:
    return isinstance(value, FunctionType) and value.__module__.startswith(f"{package}.")


@cache
def _methods(name: str, package: str, owner: type | None) -> list[Code]:
    """The methods and properties with this name, of one class or of all that the service has."""
    found = ((inspect.getattr_static(one, name, None), one) for one in ([owner] if owner else _classes(package)))
    return [Code(function, of) for one, of in found if _is_of(package, function := _plain(one))]


def _plain(member: object) -> Any:  # whatever a class may have
    return member.fget if isinstance(member, property) else getattr(member, "__func__", member)


@cache
def _classes(package: str) -> list[type]:
    """All classes of the modules that a service is made of, whatever else of its package is loaded."""
    left, seen = [f"{package}.service"], dict[str, ModuleType]()
    while left:
        name = left.pop()
        if name in sys.modules and name not in seen:
            seen[name] = sys.modules[name]
            left += [one for one in _imported(seen[name]) if one.startswith(f"{package}.")]
    return [value for module in seen.values() for value in _own(module)]


def _imported(module: ModuleType) -> Iterator[str]:
    """What a module imports; of a name it is not known whether it is a module."""
    for node in ast.walk(ast.parse(inspect.getsource(module) or "")):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{one.name}" for one in node.names))


def _own(module: ModuleType) -> Iterator[type]:
    return (v for v in vars(module).values() if isinstance(v, type) and v.__module__ == module.__name__)
