"""Logs: constant dotted names with keywords; JSON lines, or colors in a terminal.

Only the fields that are listed here pass: whatever else is given is dropped and counted, so that nothing personal gets
into a log by accident. Of an exception only its type and its frames show, of a library's line only its template.
"""

import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.observe import metrics
from shared.observe.failures import describe

KNOWN = frozenset(
    {
        *("event", "level", "timestamp", "service", "exception", "logger", "template"),
        *("tenant", "handler", "message_id", "correlation_id", "request_id", "trace_id"),
        *("attempt", "collection", "count", "effect", "error", "failures", "group", "id", "instance", "job"),
        *("lane_handler", "message", "offset", "partition", "port", "reason", "role", "row_found", "seconds", "shard"),
        *("events", "shards", "size", "states", "timer", "topic", "where", "withdrawn"),
    }
)
"""The fields that a line may have. What is put into them is chosen by us, or an opaque id."""

Description = Callable[[], Mapping[str, str]]

_about: ContextVar[Description | None] = ContextVar("about", default=None)

bind = _about.set
"""From here on every line of this task says what this tells, until something else is bound.

It is only asked when a line is written: a message that logs nothing costs nothing more than this call.
"""

log = structlog.get_logger()


def set_up(service: str) -> None:
    """Log to standard error, from here on, with the service's name on every line; libraries' warnings too."""
    structlog.configure(
        processors=processors(sys.stderr.isatty()),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(level=logging.WARNING, handlers=[Libraries()], force=True)
    sys.excepthook = _last_words


def processors(in_terminal: bool) -> Sequence[Processor]:
    """Return what makes a line."""
    return [
        structlog.contextvars.merge_contextvars,
        _say_what_is_handled,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _describe_exception,
        _keep_known_fields,
        structlog.dev.ConsoleRenderer() if in_terminal else structlog.processors.JSONRenderer(),
    ]


class Libraries(logging.Handler):
    """Lines of libraries, as lines of ours. Their values are unknown to us, so only the template is kept.

    asyncio puts the values below the first line of its template.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`."""
        template = str(record.msg).partition("\n")[0]
        log.log(record.levelno, "library.told", logger=record.name, template=template, exc_info=record.exc_info)


def _say_what_is_handled(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    about = _about.get()
    return {**about(), **line} if about else line


def _describe_exception(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    error = line.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        line["exception"] = describe(error)
    return line


def _keep_known_fields(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    if unknown := line.keys() - KNOWN:
        metrics.fields_dropped(len(unknown))
        return {name: value for name, value in line.items() if name in KNOWN}
    return line


def _last_words(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    """An exception that ends the process would otherwise be printed with its message."""
    log.critical("process.failed", exc_info=error)
