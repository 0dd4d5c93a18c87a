"""Log lines as they are written, for tests that look at them."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import structlog

from shared.observe import logs


class Lines(StringIO):
    """Everything that was logged, as text and line by line."""

    @property
    def parsed(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    @property
    def names(self) -> set[str]:
        return {line["event"] for line in self.parsed}

    def of(self, name: str) -> dict[str, Any]:
        """The one line of that name."""
        (found,) = [line for line in self.parsed if line["event"] == name]
        return found


@contextmanager
def logged(in_terminal: bool = False) -> Iterator[Lines]:
    """Log as a service does, every level, and libraries' lines too; afterwards all is as before."""
    configured, root, lines = structlog.get_config(), logging.getLogger(), Lines()
    handlers = root.handlers[:]
    structlog.configure(
        processors=list(logs.processors(in_terminal)),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=structlog.PrintLoggerFactory(lines),
        cache_logger_on_first_use=False,
    )
    root.handlers[:] = [logs.Libraries()]
    try:
        yield lines
    finally:
        root.handlers[:] = handlers
        structlog.configure(**configured)
