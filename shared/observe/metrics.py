"""What a process counts and measures, for Prometheus: one function for each thing that happens.

Names follow OpenTelemetry's conventions for messaging where they have one. Labels are bounded: handlers, effects,
event types, topics, endings; never a tenant or an id. Durations are in seconds. What happens to each event is counted
for its whole batch at once, so that an event costs well below a microsecond.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from prometheus_client import Counter, Gauge, Histogram, Info, disable_created_metrics, generate_latest
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.samples import Sample

disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of all durations."""

SIZES = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)

_target = Info("target", "The service that this process belongs to")

_consumed = Counter(
    "messaging_client_consumed_messages_total", "Records that were taken from a topic", ["messaging_destination_name"]
)
_skipped = Counter("ithaca_skipped_messages_total", "Records that no handler of the service wants")
_processing = Histogram(
    "messaging_process_duration_seconds", "From taking a batch of records to its answers", buckets=SECONDS
)
_sent = Counter(
    "messaging_client_sent_messages_total",
    "Events that the broker has acknowledged",
    ["messaging_destination_name", "event_type"],
)
_sending = Histogram(
    "messaging_client_operation_duration_seconds", "From sending a round of the outbox to its end", buckets=SECONDS
)
_not_sent = Counter("ithaca_unsent_rounds_total", "Rounds of the outbox of which the broker has not taken all")
_given_back = Counter(
    "ithaca_shards_given_back_total",
    "Times that a worker left all shards to others, as the broker had taken nothing for long",
)

_handled = Counter("ithaca_handled_messages_total", "What became of messages", ["handler", "ending"])
_duplicates = Counter("ithaca_inbox_duplicates_total", "Messages that had been handled before", ["handler"])
_parked = Counter("ithaca_parked_total", "Messages that were put aside, to be tried again", ["handler"])
_dead = Counter("ithaca_dead_letters_total", "Messages that were given up", ["handler"])
_batch_size = Histogram("ithaca_batch_size", "Messages in a batch", buckets=SIZES)
_batch_duration = Histogram("ithaca_batch_duration_seconds", "Loading, handling and committing", buckets=SECONDS)
_failed_batches = Counter("ithaca_failed_batches_total", "Batches of which nothing was stored", ["error_type"])
_conflicts = Counter("ithaca_conflicts_total", "Transactions that met a faster one, and were tried again")
_commands = Histogram(
    "ithaca_command_duration_seconds", "From a command to its durable answer", ["command", "status"], buckets=SECONDS
)
_refused_requests = Counter(
    "ithaca_http_refused_total", "Requests and connections that were refused before a route saw them", ["error_type"]
)
_effects = Histogram(
    "ithaca_effect_duration_seconds", "Attempts to do something outside", ["effect", "ending"], buckets=SECONDS
)
_handler_paused = Gauge("ithaca_handler_paused", "1 while a handler fails too often and gets no messages", ["handler"])
_clock_offset = Gauge(
    "ithaca_clock_offset_seconds", "How far the clock of the machine is ahead of the database's, for certain"
)
_dropped = Counter("ithaca_log_fields_dropped_total", "Fields of log lines that are not on the list of known ones")

_lag = Gauge("ithaca_consumer_lag", "Records that wait on the topics")
_chunks = Gauge("ithaca_outbox_chunks", "Chunks of events that are not published yet")
_oldest = Gauge("ithaca_outbox_age_seconds", "Age of the oldest of them")
_timers_due = Gauge("ithaca_timers_due", "Timers whose time has come")
_effects_waiting = Gauge("ithaca_effects_waiting", "Effects that are not done yet")
_effects_failing = Gauge("ithaca_effects_failing", "Those of them that were tried before")
_lanes = Gauge("ithaca_lanes_waiting", "Lanes with parked messages")
_gaps = Gauge("ithaca_topics_with_gaps", "Topics in which records are missing, so that partitions stand still")
_letters = Gauge("ithaca_dead_letters_waiting", "Dead letters that nobody has replayed or discarded")

KEEPING_DEAD_LETTERS = ("keep-dead-letter", "count-unreadable")
"""The handlers that give up what no other handler has got: records that cannot be read, failed effects."""

_ENDINGS = {"DUPLICATE": _duplicates, "PARKED": _parked, "DEAD": _dead}


def describe(service: str, version: str) -> None:
    """Say whose metrics these are."""
    _target.info({"service_name": service, "service_version": version})


def consumed(topics: Mapping[str, int], skipped: int) -> None:
    """Records came from these topics; so many of them are of types that nobody here wants."""
    for topic, count in topics.items():
        _consumed.labels(topic).inc(count)
    _skipped.inc(skipped)


def processed(seconds: float) -> None:
    """Count a batch of records that is finished."""
    _processing.observe(seconds)


def handled(endings: Mapping[tuple[str, str], int], seconds: float) -> None:
    """Count a batch that was committed: how many messages of each handler came to each ending."""
    _batch_duration.observe(seconds)
    _batch_size.observe(sum(endings.values()))
    for (handler, ending), count in endings.items():
        _handled.labels(handler, ending.lower()).inc(count)
        special = _dead if handler in KEEPING_DEAD_LETTERS and ending == "DONE" else _ENDINGS.get(ending)
        if special is not None:
            special.labels(handler).inc(count)


def batch_failed(error: Exception) -> None:
    """Nothing of a batch was stored."""
    _failed_batches.labels(type(error).__name__).inc()


def conflict() -> None:
    """Count a transaction that has met a faster one."""
    _conflicts.inc()


def command(name: str, status: int, seconds: float) -> None:
    """Count a command that was answered over HTTP."""
    _command_durations(name, status).observe(seconds)


@cache
def _command_durations(name: str, status: int) -> Histogram:
    """Of a command and a status, found once: looking it up takes longer than to observe."""
    return _commands.labels(name, str(status))


def http_refused(code: str) -> None:
    """Count a request that was refused while it was read."""
    _refused_requests.labels(code).inc()


def sent(types: Mapping[tuple[str, str], int], seconds: float, complete: bool) -> None:
    """Count a round of the outbox: the acknowledged events by topic and type, and whether these are the whole round."""
    for (topic, event_type), count in types.items():
        _sent.labels(topic, event_type).inc(count)
    _sending.observe(seconds)
    _not_sent.inc(not complete)


def performed(effect: str, ending: str, seconds: float) -> None:
    """Count an attempt at an effect: `done`, `refused` or `failed`."""
    _effects.labels(effect, ending).observe(seconds)


def handler_paused(handler: str, is_paused: bool) -> None:
    """Show that a handler gets no messages for a while, or gets them again."""
    _handler_paused.labels(handler).set(is_paused)


def shards_given_back() -> None:
    """Count shards that were given back since the broker accepted nothing for long: other replicas try."""
    _given_back.inc()


def clock_offset(seconds: float) -> None:
    """Show how far the machine's clock is ahead of the database's."""
    _clock_offset.set(seconds)


def fields_dropped(count: int) -> None:
    """Count a log line that had unknown fields."""
    _dropped.inc(count)


def backlog(
    *,
    chunks: int,
    oldest_seconds: float,
    timers_due: int,
    effects_waiting: int,
    effects_failing: int,
    lanes: int,
    dead_letters: int,
    gaps: int,
    lag: int,
) -> None:
    """Show what waits in the service as a whole, as just counted; every process of a service shows the same."""
    _chunks.set(chunks)
    _oldest.set(oldest_seconds)
    _timers_due.set(timers_due)
    _effects_waiting.set(effects_waiting)
    _effects_failing.set(effects_failing)
    _lanes.set(lanes)
    _letters.set(dead_letters)
    _gaps.set(gaps)
    _lag.set(lag)


@dataclass(slots=True, frozen=True)
class Durations:
    """How long things have taken: `total` in seconds, and how many took at most the bound at the same place of
    `SECONDS` and more than the bound before it; the last number is of those that took longer than all bounds.
    """

    total: float
    buckets: tuple[int, ...]


@dataclass(slots=True, frozen=True)
class Totals:
    """What this process has done since it started; the difference of two of them gives rates."""

    events_in: int
    events_out: int
    commands: int
    command_seconds: Durations
    batches: int
    batch_messages: int


def totals() -> Totals:
    """Return what this process has done so far."""
    durations = _durations(_commands)
    return Totals(
        events_in=int(_sum(_consumed, "_total")),
        events_out=int(_sum(_sent, "_total")),
        commands=sum(durations.buckets),
        command_seconds=durations,
        batches=int(_sum(_batch_size, "_count")),
        batch_messages=int(_sum(_batch_size, "_sum")),
    )


def text() -> bytes:
    """Return all metrics, as Prometheus reads them."""
    return generate_latest()


def _samples(metric: MetricWrapperBase, suffix: str) -> Iterable[Sample]:
    return (sample for family in metric.collect() for sample in family.samples if sample.name.endswith(suffix))


def _sum(metric: MetricWrapperBase, suffix: str) -> float:
    return sum(sample.value for sample in _samples(metric, suffix))


def _durations(metric: Histogram) -> Durations:
    """Over all labels; Prometheus counts each bucket with those below it."""
    reached = dict.fromkeys([0.0, *SECONDS, float("inf")], 0)
    for sample in _samples(metric, "_bucket"):
        reached[float(sample.labels["le"])] += int(sample.value)
    return Durations(_sum(metric, "_sum"), tuple(upper - lower for lower, upper in pairwise(reached.values())))
