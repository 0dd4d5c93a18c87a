"""A browser's stream of signals, as a test reads it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import httpx

from services.console.door.answering import STREAM
from tests.waiting import PATIENCE


class Told(NamedTuple):
    """What came on a stream: the name of a signal, and where it was told."""

    signal: str
    id: str
    data: str


class Stream:
    """An open stream. What is read is everything in its order, without what only says that it is alive."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.lines = answer.iter_lines()
        self.seen = list[Told]()

    def __iter__(self) -> Iterator[Told]:
        fields, until = dict[str, str](), time.monotonic() + PATIENCE
        for line in self.lines:
            assert time.monotonic() < until, f"nothing more came, only {self.seen}"
            name, _, value = line.partition(": ")
            if name:
                fields[name] = value
                continue
            if "event" in fields and fields["event"] != "beat":
                self.seen.append(Told(fields["event"], fields.get("id", ""), fields["data"]))
                yield self.seen[-1]
            fields = {}

    def until(self, signal: str) -> Told:
        """Read until a signal of that name."""
        return next(one for one in self if one.signal == signal)


@contextmanager
def listening(browser: httpx.Client, after: str = "~", last: str = "") -> Iterator[Stream]:
    """A stream that is told what comes after a position: without one, only what comes from now on."""
    headers = {"Accept": STREAM} | ({"Last-Event-ID": last} if last else {})
    with browser.stream("GET", "/live", params={"after": after}, headers=headers) as answer:
        assert answer.status_code == 200, answer.status_code
        yield Stream(answer)
