"""What the driver's errors mean to the engine."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager

from bson.errors import BSONError
from pymongo.errors import ConnectionFailure, DocumentTooLarge, OperationFailure, PyMongoError

from shared.engine.ports.store import Conflict, NotPermitted, StoreError, Unavailable, UnknownOutcome, WriteRefused

TOO_LARGE_TOGETHER = (257, 388)
"""A transaction as a whole is too large, for the oplog or for the cache."""

NEVER_ACCEPTED = (15, 22, 10334, 17419, 17420)
"""Something in a command is nested too deep, is no BSON, or is larger than a document may be."""

UNAUTHORIZED, AUTHENTICATION_FAILED = 13, 18

TIMEOUTS = re.compile(r" \(configured timeouts: [^)]*\)")


class TooMuch(WriteRefused):
    """More than fits into one message to the database."""


@contextmanager
def errors_translated() -> Iterator[None]:
    """Raise a `StoreError` instead of what the driver raises; a cancellation that came meanwhile is raised in any case.

    Python 3.11's `asyncio.wait_for`, on which the driver waits, loses a cancellation that comes together with an
    answer, and a loop that was told to end once would go on for ever.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        with _translated_errors():
            yield
    finally:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except DocumentTooLarge as error:
        raise TooMuch(f"larger than the database takes at once: {error}") from error
    except (BSONError, OverflowError, RecursionError, UnicodeError) as error:
        raise WriteRefused(f"cannot be stored: {error}") from error
    except PyMongoError as error:
        raise _translated(error) from error


def _translated(error: PyMongoError) -> StoreError:
    if error.has_error_label("UnknownTransactionCommitResult"):
        return UnknownOutcome(f"whether the commit took place is not known: {error}")
    if isinstance(error, OperationFailure) and error.code == AUTHENTICATION_FAILED:
        return NotPermitted("MongoDB takes this user's name and password for wrong")
    if isinstance(error, OperationFailure) and error.code == UNAUTHORIZED:
        what = error.details.get("errmsg", "") if error.details else ""
        return NotPermitted(f"MongoDB lets this user not do what is needed: {what.partition(' {')[0]}")
    # The driver calls a lost connection transient too, but to repeat at once would not help.
    if error.has_error_label("TransientTransactionError") and not isinstance(error, ConnectionFailure):
        return Conflict(f"another transaction was faster: {error}")
    if isinstance(error, OperationFailure) and error.code in TOO_LARGE_TOGETHER:
        return WriteRefused(f"too much for one transaction: {error}")
    if isinstance(error, OperationFailure) and error.code in NEVER_ACCEPTED:
        return WriteRefused(f"cannot be stored: MongoDB's error code {error.code}")
    return Unavailable(f"MongoDB cannot be reached, or does not answer as it should: {_short(error)}")


def _short(error: PyMongoError) -> str:
    """What the driver says, without all that it knows of the servers."""
    return TIMEOUTS.sub("", str(error)).partition(", Timeout: ")[0]
