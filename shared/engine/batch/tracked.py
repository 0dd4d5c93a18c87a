"""Aggregates tracked in a batch, and what the transaction must do with each."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from bson.raw_bson import RawBSONDocument

from shared.engine.authoring.aggregate import Aggregate, LocalCopy
from shared.engine.authoring.reader import revive
from shared.engine.ports.store import Change, Check, Delete, Document, Insert, Replace, Reserve, Write, encode

DocumentKey = tuple[str, str]
"""A collection and the id of a document in it, which begins with the tenant."""


@cache
def blank_state(kind: type[Aggregate]) -> dict[str, Any]:
    """Return the state of a new one, without its id."""
    return kind().model_dump()


@dataclass(slots=True)
class TrackedAggregate:
    """An aggregate in the batch: as it was stored, and as the messages so far have left it."""

    key: DocumentKey
    kind: type[Aggregate]
    document: Document | None
    aggregate: Aggregate | None = None
    state: dict[str, Any] | None = None
    encoded: RawBSONDocument | None = None
    version: int = 0
    sequence: int = 0
    chunk: int = 0
    shared: bool = False
    guarded: bool = False
    checked: bool = False
    gone: bool = False

    def __post_init__(self) -> None:
        if self.document is None:
            return
        self.version, self.sequence = self.document["version"], self.document["sequence"]
        self.chunk, self.shared = self.document["chunk"], self.document["shared"]

    @property
    def id(self) -> str:
        """The aggregate's id within its tenant."""
        return self.key[1].partition("/")[2]

    @property
    def subject(self) -> str:
        """What events about it have as their subject."""
        return f"{self.kind.collection}/{self.id}"

    @property
    def stored_version(self) -> int | None:
        """The version in the database; None if there is no document."""
        return None if self.document is None else self.document["version"]

    @property
    def is_changed(self) -> bool:
        """Whether a message of this batch has changed it."""
        return self.version != (self.stored_version or 0)

    @property
    def has_come(self) -> bool:
        """Whether this batch has brought it into being, for the first time or again."""
        return self.is_changed and self.present() is not None and not self._was_present()

    def present(self) -> Aggregate | None:
        """Return the aggregate if it exists: it was written before, and has not been withdrawn."""
        aggregate = self._revived()
        if self.version == 0 or (isinstance(aggregate, LocalCopy) and aggregate.removed):
            return None
        return aggregate

    def _was_present(self) -> bool:
        return bool(self.stored_version) and not (self.document or {})["state"].get("removed", False)

    def blank(self) -> Aggregate:
        """Return the aggregate, made if it does not exist."""
        if (found := self._revived()) is not None:
            return found
        self.aggregate = self.kind(id=self.id)
        return self.aggregate

    def restore(self) -> None:
        """Undo what a failed message did to it."""
        if self.state is None:
            self.aggregate = None  # it is read again from what is stored
            return
        self.aggregate = self.kind.model_validate(self.state)
        self.aggregate.version = self.version

    def change(self, forced: bool) -> tuple["TrackedAggregate", dict[str, Any], RawBSONDocument] | None:
        """Return its new state, encoded, if it has changed; emitting an event about it (`forced`) is a change."""
        if self.aggregate is None:
            return None
        state = self.aggregate.model_dump()
        if not forced and state == self._state_before():
            return None
        return self, state, encode(state)

    def write(self) -> Write | None:
        """Return what the transaction must do with it: write its new state, guard or check it, or nothing."""
        stored, (collection, id) = self.stored_version, self.key
        if self.gone:
            return None if stored is None else Delete(collection, id, {"version": stored})
        if self.is_changed:
            document = self._stored()
            if stored is None:
                return Insert(collection, document)
            return Replace(collection, id, {"version": stored}, document)
        if self.guarded:
            return self._guard()
        if self.checked:
            return Check(collection, id, None if stored is None else {"version": stored})
        return None

    def _guard(self) -> Write:
        """Keep others from writing it, or from making it, while the transaction runs."""
        stored, (collection, id) = self.stored_version, self.key
        if stored is None:
            return Reserve(collection, id)
        if stored == 0:  # once, a guard left a document that stands for nothing
            return Delete(collection, id, {"version": 0})
        return Change(collection, id, {"version": stored}, add={"guard": 1})

    def _revived(self) -> Aggregate | None:
        """What is stored, read when it is first asked for: if that fails, a message fails and not its batch."""
        if self.aggregate is None and self.document is not None and self.version:
            self.aggregate = revive(self.kind, self.document)
        return self.aggregate

    def _state_before(self) -> dict[str, Any]:
        """As the last message left it, or as it was loaded."""
        if self.state is not None:
            return self.state
        if self.document is not None and self.version:
            return revive(self.kind, self.document).model_dump()
        return blank_state(self.kind) | {"id": self.id}

    def _stored(self) -> Document:
        return {
            "_id": self.key[1],
            "tenant": self.key[1].partition("/")[0],
            "schema": self.kind.schema_version,
            "version": self.version,
            "sequence": self.sequence,
            "chunk": self.chunk,
            "shared": self.shared,
            "guard": 0,
            "state": self.encoded if self.encoded is not None else {},
        }
