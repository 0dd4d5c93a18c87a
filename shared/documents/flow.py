"""Who sends which events, and what each of them causes where."""

import inspect
from collections.abc import Mapping, Sequence

from shared.contracts.engine import MessageDeadLettered
from shared.contracts.event import Contract, State
from shared.engine.handlers import Handler
from shared.engine.service import PEOPLE, Service

OF_EVERY_SERVICE = (MessageDeadLettered,)
"""What the engine tells, whichever service it is that of."""


def sent(service: Service) -> list[type[Contract]]:
    """All that a service publishes: its events, the states that it shares, and what its engine tells."""
    return [*service.emits, *service.shared.values(), *OF_EVERY_SERVICE]


def received(service: Service) -> Mapping[type[Contract], Sequence[Handler]]:
    """What a service reacts to, with the handlers that do."""
    taken = {handlers[0].takes: handlers for handlers in service.reactions.values()}
    return {model: handlers for model, handlers in taken.items() if issubclass(model, Contract)}


def topic(contract: type[Contract], sender: str) -> str:
    """Where it travels if that service sends it."""
    return f"{{cell}}.{PEOPLE if issubclass(contract, State) else sender}"


def summary(described: object) -> str:
    """The first paragraph of its docstring, on one line; nothing if it has none."""
    return " ".join((inspect.getdoc(described) or "").partition("\n\n")[0].split())
