"""Who sends which events, what causes them, and what each of them causes where."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from shared.contracts.catalog import every_contract
from shared.contracts.clock import ClockFollowed
from shared.contracts.engine import MessageDeadLettered
from shared.contracts.event import Contract, State
from shared.documents.causes import causes, emitted_by
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.service import PEOPLE, Service

OF_EVERY_SERVICE = (MessageDeadLettered, ClockFollowed)
"""What the engine tells, whichever service it is that of."""


class Step(NamedTuple):
    """A handler of a service."""

    service: Service
    handler: Handler

    @property
    def publishes(self) -> list[type[Contract]]:
        """What may come of it, in the order of the service."""
        return [event for event in self.service.emits if event in emitted_by(self.handler)]


def sent(service: Service) -> list[type[Contract]]:
    """Return all that a service publishes: its events, the states that it shares, and what its engine tells."""
    return [*own(service), *OF_EVERY_SERVICE]


def own(service: Service) -> list[type[Contract]]:
    """Return what only this service publishes."""
    return [*service.emits, *service.shared.values()]


def received(service: Service) -> Mapping[type[Contract], Sequence[Handler]]:
    """Return what a service reacts to, with the handlers that do."""
    handled = {handlers[0].takes: handlers for handlers in service.reactions.values()}
    return {model: handlers for model, handlers in handled.items() if issubclass(model, Contract)}


def before(contract: type[Contract], services: Sequence[Service]) -> Iterator[Step]:
    """Yield what publishes it."""
    for service in services:
        if contract in own(service):
            yield from (Step(service, handler) for handler in causes(contract, service))


def after(contract: type[Contract], services: Sequence[Service]) -> Iterator[Step]:
    """Yield what reacts to it."""
    for service in services:
        yield from (Step(service, handler) for handler in received(service).get(contract, ()))


def versions(contract: type[Contract]) -> list[type[Contract]]:
    """Return all versions of the same event, itself included."""
    name = (contract.about.service, contract.about.name)
    return [one for one in every_contract() if (one.about.service, one.about.name) == name]


def topic(contract: type[Contract], sender: str) -> str:
    """Return where it travels if that service sends it."""
    return f"{{cell}}.{PEOPLE if issubclass(contract, State) else contract.about.topic or sender}"


def summary(described: object) -> str:
    """Return the first paragraph of its docstring, on one line; nothing if it has none."""
    return " ".join((inspect.getdoc(described) or "").partition("\n\n")[0].split())
