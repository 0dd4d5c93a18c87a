"""What the engine shows of its work: counted, measured and traced once for a batch, a round, an attempt."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from time import perf_counter

import structlog

from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.context import NotYet
from shared.engine.batch.message import Message
from shared.engine.ports.store import Document
from shared.errors import Refusal
from shared.observe import logs, metrics, traces

log = structlog.get_logger()

_handler, _ending = attrgetter("handler.name"), attrgetter("ending._name_")  # an enum's `name` is a slow property


@contextmanager
def batch(messages: Sequence[Message]) -> Iterator[list[Answer]]:
    """Observe a batch; the block adds the answers, once they are durable."""
    began, answers = perf_counter(), list[Answer]()
    links = (message.origin.traceparent for message in messages)
    try:
        with traces.span("process", "consumer", {"messaging.batch.message_count": len(messages)}, links=links):
            yield answers
    except Exception as error:
        metrics.batch_failed(error)
        raise
    finally:
        logs.bind(None)
    endings = Counter(zip(map(_handler, messages), map(_ending, answers), strict=True))
    metrics.handled(endings, perf_counter() - began)
    for message, answer in zip(messages, answers, strict=True):
        if answer.error is not None and not message.is_command:
            _log_failure(message, answer, answer.error)


@contextmanager
def relay_round(chunks: Sequence[Document], topic: Callable[[str], str]) -> Iterator[list[Document]]:
    """Observe the publication of chunks; the block adds those that the broker has acknowledged."""
    began, acknowledged = perf_counter(), list[Document]()
    links = (row.get("traceparent", "") for chunk in chunks for row in chunk["events"])
    count = sum(len(chunk["events"]) for chunk in chunks)
    try:
        with traces.span("send", "producer", {"messaging.batch.message_count": count}, links=links):
            yield acknowledged
    finally:
        named = ((topic(chunk.get("topic", "")), chunk["events"]) for chunk in acknowledged)
        types = Counter((name, row["type"]) for name, events in named for row in events)
        metrics.sent(types, perf_counter() - began, complete=len(acknowledged) == len(chunks))


@contextmanager
def attempt(row: Document, number: int) -> Iterator[None]:
    """Observe an attempt at an effect; what the block raises, if anything, says how it ends."""
    logs.bind(lambda: _described(row))
    began, ending, effect = perf_counter(), "failed", row["type"]
    values = {"ithaca.effect": effect, "ithaca.attempt": number, "ithaca.tenant": row["tenant"]}
    try:
        with traces.span(f"perform {effect}", "client", values, parent=row["traceparent"]):
            yield
        ending = "done"
    except Refusal:
        ending = "refused"
        raise
    finally:
        metrics.performed(effect, ending, perf_counter() - began)


def _log_failure(message: Message, answer: Answer, error: Exception) -> None:
    """What nobody waits for fails in the log. To be refused is an answer, and to wait for what must come is usual."""
    if answer.ending is Ending.DEAD:
        log.error("message.dead", **message.described(), exc_info=error)
    elif answer.ending is Ending.PARKED and not isinstance(error, NotYet):
        log.warning("message.parked", **message.described(), exc_info=error)


def _described(row: Document) -> dict[str, str]:
    """What log lines say of an effect while it is performed."""
    return {
        "tenant": row["tenant"],
        "message_id": row["token"],
        "correlation_id": row["correlation"],
        "trace_id": traces.trace_id(row["traceparent"]),
    }
