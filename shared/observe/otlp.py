"""Spans by OpenTelemetry's SDK, sent over OTLP/HTTP by a thread of its own. Loaded only when traces are on."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, get_current_span, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.observe.traces import Kind, Values

MOST_LINKS = 32
"""Traces that a span of many messages names."""

KINDS: dict[Kind, SpanKind] = {
    "server": SpanKind.SERVER,
    "consumer": SpanKind.CONSUMER,
    "producer": SpanKind.PRODUCER,
    "client": SpanKind.CLIENT,
}

_propagator = TraceContextTextMapPropagator()


def _context(traceparent: str) -> Context:
    """Where a span is that was started elsewhere; nowhere, without one."""
    return _propagator.extract({"traceparent": traceparent}, Context())


def _some(links: Iterable[str]) -> Iterable[str]:
    """The first of them, each once."""
    found = dict[str, None]()
    for traceparent in filter(None, links):
        found[traceparent] = None
        if len(found) == MOST_LINKS:
            break
    return found


class Tracing:
    """The spans of one process; what is not sent yet is sent when it ends."""

    def __init__(self, service: str, version: str) -> None:
        resource = Resource.create({"service.name": service, "service.version": version})
        self.provider = TracerProvider(resource=resource)
        self.provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self.tracer = self.provider.get_tracer("ithaca", version)

    @contextmanager
    def span(self, name: str, kind: Kind, values: Values, parent: str, links: Iterable[str]) -> "Iterator[Recorded]":
        """See `traces.span`."""
        named = [Link(get_current_span(_context(traceparent)).get_span_context()) for traceparent in _some(links)]
        span = self.tracer.start_span(name, _context(parent), KINDS[kind], dict(values), named)
        try:
            yield Recorded(span)
        except Exception as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(Status(StatusCode.ERROR))
            raise
        finally:
            span.end()


class Recorded:
    """See `traces.Span`."""

    def __init__(self, span: Span) -> None:
        self.span = span

    @property
    def traceparent(self) -> str:
        """See `traces.Span`."""
        carrier = dict[str, str]()
        _propagator.inject(carrier, set_span_in_context(self.span))
        return carrier["traceparent"]

    def note(self, name: str, value: str | int) -> None:
        """See `traces.Span`."""
        self.span.set_attribute(name, value)
