"""Traces, when `OTEL_EXPORTER_OTLP_ENDPOINT` is set. Otherwise nothing of the SDK is loaded, and a `traceparent` (W3C
Trace Context) that came from outside is carried on as it is.

There is a span for each command, each batch (with links to the traces of its messages), each round of the relay and
each attempt at an effect; none for each event, which would cost more than handling it.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from shared.observe.otlp import Tracing

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""The receiver's address, such as http://collector:4318. The other variables of OpenTelemetry's SDK hold too."""

Kind = Literal["server", "consumer", "producer", "client"]
Values = Mapping[str, str | int]


class NotInstalled(Exception):
    """Traces are asked for, and what sends them is not there."""


class Span(Protocol):
    """Something that is being done. What it causes carries on `traceparent`."""

    @property
    def traceparent(self) -> str:
        """Its place in its trace; empty where there is none."""

    def note(self, name: str, value: str | int) -> None:
        """Say something of it; nothing personal."""


class Untraced:
    """Traces are off: what is caused carries on what came."""

    def __init__(self, traceparent: str) -> None:
        self.traceparent = traceparent

    def note(self, name: str, value: str | int) -> None:
        """See `Span`."""


def trace_id(traceparent: str) -> str:
    """Return the part of it that names the trace."""
    return traceparent[3:35]


_tracing: "Tracing | None" = None


def set_up(service: str, version: str) -> None:
    """Send traces to the endpoint in the environment, if there is one; raises `NotInstalled`."""
    global _tracing  # noqa: PLW0603 - what a process shows of itself is the process's
    if not os.environ.get(ENDPOINT):
        return
    try:
        from shared.observe.otlp import Tracing  # noqa: PLC0415 - loads the SDK
    except ImportError as error:
        raise NotInstalled(f"{ENDPOINT}: traces need ithaca[tracing]: install it, or unset the variable.") from error
    _tracing = Tracing(service, version)


def span(
    name: str, kind: Kind, values: Values, parent: str = "", links: Iterable[str] = ()
) -> AbstractContextManager[Span]:
    """Return a span around a block, within the trace of `parent`, or a new one; `links` are the traceparents of others.

    An exception that ends the block shows by its type.
    """
    if _tracing is None:
        return nullcontext(Untraced(parent))
    return _tracing.span(name, kind, values, parent, links)
