"""What the engine asks of a database: a handful of operations on documents, and all-or-nothing writes.

There are two: `mongo.store.MongoStore`, and `memory.store.MemoryStore`, on which the simulation runs. One suite of
tests holds for both. Documents are dicts with a string or integer `_id`, of the types that BSON has; a document that
was encoded before (see `encode`) is passed on as it is.
"""

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import bson
from bson.raw_bson import RawBSONDocument

from shared.engine.ports.depth import is_deeper

Document = dict[str, Any]
Id = str | int
Where = Mapping[str, Any]
"""A filter: field names (dotted ones reach inside) to a value, or to `{"$in" | "$lte" | "$gt": value}`.

`{"$elemMatch": filter}` asks for a list with a document in it that the filter matches, `{"$all": values}` for one with
all of these in it.
"""

MAX_DOCUMENT = 16 * 1024 * 1024 - 64 * 1024
"""The largest document in bytes: the database's 16 MiB less room for the engine's own fields."""


PATIENCE: ContextVar[float] = ContextVar("patience", default=math.inf)
"""Seconds that an operation may take for whoever asks; a store has a limit of its own beside it."""

MOST_LEVELS = 100
"""How deep a document may be nested, as MongoDB promises it."""


class StoreError(Exception):
    """The database could not do it; nothing was written unless the subclass says so."""


class Conflict(StoreError):
    """A document is not as expected (it changed, appeared or vanished), or another transaction was faster."""


class Unavailable(StoreError):
    """The database cannot be reached or does not answer in time. Reads are safe to repeat."""


class NotPermitted(Unavailable):
    """The database does not know the user, or does not let it do what is needed."""


class UnknownOutcome(StoreError):
    """The commit was sent and no answer came: everything was written, or nothing."""


class WriteRefused(StoreError):
    """The database will not take one of the writes, however often it is tried."""


class Unencodable(ValueError):
    """A document that cannot be stored: too large, too deep, or with a value that BSON does not have."""


@dataclass(slots=True, frozen=True)
class Insert:
    """A new document; a `Conflict` if its id exists."""

    collection: str
    document: Mapping[str, Any]


@dataclass(slots=True, frozen=True)
class Replace:
    """The whole document anew; a `Conflict` unless one with that id and the fields in `match` exists."""

    collection: str
    id: Id
    match: Where
    document: Mapping[str, Any]


@dataclass(slots=True, frozen=True)
class Change:
    """Some fields of a document set, removed (`unset`) or counted up (`add`); `Conflict` as for `Replace`."""

    collection: str
    id: Id
    match: Where
    set: Mapping[str, Any] = field(default_factory=dict)
    unset: Sequence[str] = ()
    add: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Put:
    """A document under its id, whatever was there."""

    collection: str
    document: Mapping[str, Any]


@dataclass(slots=True, frozen=True)
class Keep:
    """A document unless its id exists already; then nothing happens."""

    collection: str
    document: Mapping[str, Any]


@dataclass(slots=True, frozen=True)
class Delete:
    """A document removed; with `match`, a `Conflict` unless it exists with these fields."""

    collection: str
    id: Id
    match: Where | None = None


@dataclass(slots=True, frozen=True)
class Check:
    """A `Conflict` unless a document has the fields in `match`, or with None does not exist.

    All checks of a transaction are of one moment, and keep nobody from changing the document after it.
    """

    collection: str
    id: Id
    match: Where | None


@dataclass(slots=True, frozen=True)
class Reserve:
    """An id under which nobody makes a document while the transaction runs; a `Conflict` if there is one already.

    It leaves nothing, but whoever has begun before it was over and makes such a document has a `Conflict`, too.
    """

    collection: str
    id: Id


@dataclass(slots=True, frozen=True)
class Seen:
    """What was written last into a collection that is watched: the document; None if it was only looked.

    The `position` rises with every write: as a string, the later one is the greater.
    """

    position: str
    document: Document | None


Write = Insert | Replace | Change | Put | Keep | Delete | Check | Reserve


class Store(Protocol):
    """Reads are of what a majority has and survive a failover. Every method raises `Unavailable` in the end,
    for somebody with `PATIENCE` earlier."""

    async def get(self, collection: str, ids: Sequence[Id]) -> dict[Id, Document]:
        """Return the documents with these ids that exist, by id."""

    async def find(
        self, collection: str, where: Where, order: str = "_id", limit: int = 1000, after: Id | None = None
    ) -> list[Document]:
        """Documents in order of one field (`-field`: backwards), seen at one moment. `after` goes on behind that id."""

    async def count(self, collection: str, where: Where, limit: int = 0) -> int:
        """Return how many documents there are; with a `limit`, no more than that are counted."""

    async def transact(self, writes: Sequence[Write]) -> None:
        """Write all of these, durably, or none. Raises `Conflict`, `UnknownOutcome`, `WriteRefused`."""

    async def lease(self, collection: str, id: Id, owner: str, seconds: float) -> Document | None:
        """Take or renew a lease by the database's own clock.

        The document (made if it is missing) gets `owner`, `until`, `now` and, when the owner changes, the next `epoch`
        and whether the last owner was `unclean`: it went without setting `owner` to "". Returns the document, or None
        while somebody else holds it.
        """

    async def renew(self, collection: str, ids: Sequence[Id], owner: str, seconds: float) -> None:
        """Renew, in one write, those of these leases that are `owner`'s; the others stay as they are."""

    def watch(self, collection: str) -> AsyncIterator[Seen]:
        """Return the documents that are written from now on, whoever writes them, each as it is when it is seen.

        The first one has none: it says from where on is watched. So do others from time to time, when nothing is
        written. Raises `Unavailable` when something may have been missed: then begin anew.
        """

    async def now(self) -> datetime:
        """Return the database's own time, by which leases begin and end."""

    def sessions(self) -> list[bytes]:
        """Return the ids under which this process writes, for others to end if it dies within a transaction."""

    async def end_sessions(self, ids: Sequence[bytes]) -> None:
        """End a dead process's transactions, so that what they have locked is free at once."""

    async def prepare(self, collections: Mapping[str, Sequence["Index"]]) -> None:
        """Create collections and indexes that are missing."""

    async def verify(self, collections: Mapping[str, Sequence["Index"]]) -> list[str]:
        """Return what is missing, a sentence each."""

    async def drop(self, collection: str) -> None:
        """Remove a collection with all that is in it, if there is one."""

    async def close(self) -> None:
        """Give connections back."""


@dataclass(slots=True, frozen=True)
class Index:
    """An index by `fields`. `only` makes it partial (that field is true); `expires` deletes at the time in it."""

    fields: tuple[str, ...]
    only: str = ""
    expires: bool = False


def encode(document: Document) -> RawBSONDocument:
    """Return the document as it will be stored; raises `Unencodable` with the reason."""
    try:
        raw = bson.encode(document)
    except (bson.errors.BSONError, OverflowError, RecursionError, TypeError, ValueError) as error:
        raise Unencodable(f"cannot be stored: {error}") from error
    if len(raw) > MAX_DOCUMENT:
        raise Unencodable(f"cannot be stored: {len(raw)} bytes are more than {MAX_DOCUMENT}")
    # Each level has a byte that says of which type it is: where these are few, nothing has to be looked through.
    if raw.count(b"\x03") + raw.count(b"\x04") >= MOST_LEVELS and is_deeper(document, MOST_LEVELS):
        raise Unencodable(f"cannot be stored: it is nested in more than {MOST_LEVELS} levels")
    return RawBSONDocument(raw)
