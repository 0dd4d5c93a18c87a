"""What an event costs in processor time before anything is asked of a database or a broker."""

import time
from collections import Counter
from random import Random

from shared.engine.authoring.answer import Answer, Ending
from shared.engine.batch import telemetry as observing
from shared.engine.consuming.records import Records
from shared.engine.ports.bus import Record
from shared.observe import logs, metrics
from tests.benchmarks.shop import shop
from tests.benchmarks.streams import envelopes


def bare_microseconds(count: int) -> float:
    """Processor time to decode, route and validate one record, without any input or output."""

    records, made = Records(shop()), _records(count)
    began = time.process_time()
    for record in made:
        for message in records.messages(record):
            message.read()
    return (time.process_time() - began) / count * 1e6


def observed_microseconds(count: int, largest: int = 250) -> float:
    """The same with all that a process shows of itself, batch by batch: metrics, and logs that know the message."""
    records, made, done = Records(shop()), _records(count), Answer(Ending.DONE)
    began = time.process_time()
    for start in range(0, count, largest):
        some = made[start : start + largest]
        metrics.consumed(Counter(record.topic for record in some), skipped=0)
        messages = [message for record in some for message in records.messages(record)]
        with observing.batch(messages) as answers:
            for message in messages:
                logs.bind(message.described)
                message.read()
                answers.append(done)
    return (time.process_time() - began) / count * 1e6


def _records(count: int) -> list[Record]:
    made = enumerate(envelopes(count, Random(1)))
    return [Record("t", 0, number, e.partitionkey.encode(), e.data, e.headers()) for number, e in made]
