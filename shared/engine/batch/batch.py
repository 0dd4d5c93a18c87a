"""One batch in memory: an identity map of what is loaded, and a savepoint for every message.

Two messages for one aggregate see each other. A message that raises leaves nothing behind: state and events are
encoded on its savepoint, so that what cannot be stored or sent fails that message and not its batch.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson.raw_bson import RawBSONDocument

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.context import Context
from shared.engine.authoring.service import PEOPLE, Service
from shared.engine.batch import clocks, grounds, trail
from shared.engine.batch.arguments import admit, give, keys_of, missing
from shared.engine.batch.message import Message
from shared.engine.batch.outbox import Chunks, Pending, encoded, number, of_event
from shared.engine.batch.savepoint import Savepoint
from shared.engine.batch.tracked import DocumentKey, TrackedAggregate
from shared.engine.ports.store import Delete, Document, Id, Insert, Keep, Put, Write
from shared.errors import StaleVersion
from shared.observe import logs

Node = tuple[str, Id]
"""Anything that messages of a batch may share: an aggregate, a row, a lane."""


@dataclass(slots=True)
class Mark:
    """Where one message begins in the batch, and what it touches: looked at after a conflict only."""

    first: int
    loaded: Iterable[DocumentKey] = ()
    changed: list[DocumentKey] = field(default_factory=list)


class Batch:
    """One batch: tracks what its messages load, runs them one by one, then collects their writes."""

    def __init__(self, service: Service, now: datetime, new_id: Callable[[], str], shards: int) -> None:
        self.service = service
        self.now = now
        self.shards = shards
        self.new_id = new_id
        self.tracked: dict[DocumentKey, TrackedAggregate] = {}
        self.rows: dict[Node, Document] = {}
        self.writes: list[Write] = []
        self.replaced: set[Node] = set()
        self.pending: list[Pending] = []
        self.collected: list[Write] = []
        self.marks: list[Mark] = []
        self.lines: list[tuple[str, Document]] = []

    def track(self, key: DocumentKey, kind: type[Aggregate], document: Document | None) -> None:
        """Track a loaded document; None if it does not exist."""
        self.tracked[key] = TrackedAggregate(key, kind, document)

    def run(self, message: Message) -> Answer:
        """Run the message on a savepoint of its own; what it raises has changed nothing."""
        savepoint = Savepoint(message, self.now, self.shards, self.new_id)
        self.marks[-1].loaded = savepoint.loaded
        try:
            answer = self._handle(message, savepoint)
        except BaseException as error:
            for tracked in savepoint.loaded.values():
                tracked.restore()
            grounds.note(self, message, savepoint.loaded, error)
            raise
        clocks.note(self, message)
        if message.draft is not None:
            message.draft.note_subject(savepoint)
        return answer

    def begin(self, message: Message) -> None:
        """Begin a message: what is touched from here on belongs to it."""
        logs.bind(message.described)
        self.marks.append(Mark(len(self.writes), changed=[("inbox", message.seen)] if message.seen else []))
        message.moment = clocks.moment(self, message)

    def add_writes(self, *writes: Write) -> None:
        """Add writes to the transaction, in this order; the states of aggregates come by themselves."""
        self.writes.extend(writes)
        self.replaced.update(_node(write) for write in writes if isinstance(write, Put | Delete))

    def is_void(self, message: Message) -> bool:
        """Return whether an earlier message of the batch has removed or replaced its row, a timer's say."""
        return any(_node(write) in self.replaced for write in message.completion)

    def remember(self, write: Insert | Put, id: str) -> None:
        """Add a row that says that something was seen, for the next messages of the batch to see it too."""
        self.rows[write.collection, id] = dict(write.document)
        self.add_writes(write)

    def change(self, tracked: TrackedAggregate) -> None:
        """Apply a change that the engine itself has made to an aggregate."""
        changed = tracked.change(forced=True)
        assert changed is not None
        self._apply_change(*changed)
        self.marks[-1].changed.append(tracked.key)

    def nodes(self) -> list[set[Node]]:
        """Return what each message has touched, in the order in which they ran."""
        ends = [mark.first for mark in self.marks[1:]] + [len(self.writes)]
        return [
            {*mark.loaded, *mark.changed, *map(_node, self.writes[mark.first : end])}
            for mark, end in zip(self.marks, ends, strict=True)
        ]

    def track_new(self, message: Message) -> None:
        """Track what the message creates under its own new id: there is nothing to load."""
        for key, kind in missing(self.tracked, message, 1).items():
            self.track(key, kind, None)

    def collect_writes(self, chunks: Chunks) -> list[Write]:
        """Return all writes of the batch; outbox chunks get numbers above those of every tracked aggregate."""
        highest = max((tracked.chunk for tracked in self.tracked.values()), default=0)
        inserts: list[Write] = []
        last = number(self.now, highest)
        if self.pending:
            inserts, last = chunks.writes(self.pending, last)
            for tracked in self.tracked.values():
                if tracked.is_changed:
                    tracked.chunk = last
        states = (tracked.write() for tracked in self.tracked.values())
        self.collected = [*(write for write in states if write), *self.writes]
        if self.lines:
            inserts += trail.inserts(self.lines, chunks, last + 1)
        return [*self.collected, *inserts]

    def _handle(self, message: Message, savepoint: Savepoint) -> Answer:
        handler = message.handler
        admit(self.tracked, message, savepoint)
        body, known = message.read(), dict[str, object]()
        for names in handler.rounds:
            for name in names:
                load = handler.loads[name]
                known[name] = give(self.tracked, load, keys_of(message, load, known), savepoint)
        if message.expected_version is not None:
            _check_version(message.expected_version, next(iter(savepoint.loaded.values()), None))
        arguments = [give(known) for give in handler.gives]
        if handler.wants_context:
            arguments.append(self._context(message, savepoint))
        result = handler.function(body, *arguments)
        returned = None if result is None else result.model_dump_json().encode()
        self._keep(savepoint)
        return _answer(message, returned, savepoint)

    def _context(self, message: Message, savepoint: Savepoint) -> Context:
        origin, now = message.origin, message.moment.now if message.moment else self.now
        return Context(
            message.tenant,
            origin.actor,
            origin.program,
            message.sequence,
            message.id,
            now,
            message.occurred_at or now,
            self.new_id,
            savepoint,
        )

    def _keep(self, savepoint: Savepoint) -> None:
        """Encode what the message has changed and caused, then make it part of the batch; it may only raise before."""
        message = savepoint.message
        emitting = {tracked.key for tracked, _ in savepoint.emitted}
        found = [tracked.change(forced=key in emitting) for key, tracked in savepoint.loaded.items()]
        changes = [(*change, self._share(change[0])) for change in found if change is not None]
        events = [(tracked, event, encoded(event)) for tracked, event in savepoint.emitted]
        for tracked in savepoint.loaded.values():
            tracked.guarded = True
        for tracked, state, document, _ in changes:
            self._apply_change(tracked, state, document)
        for tracked, event, data in events:
            tracked.sequence += 1
            self.pending.append(of_event(event, message, tracked.subject, tracked.sequence, data))
        for tracked, _, _, share in changes:
            if share is not None:
                tracked.shared = share[1] is not None
                type, state_data = share
                about, version = tracked.subject, tracked.version
                self.pending.append(Pending(type, message.tenant, about, version, state_data, message, PEOPLE))
        if message.completion or savepoint.writes:
            self.add_writes(*message.completion, *savepoint.writes)

    @staticmethod
    def _apply_change(tracked: TrackedAggregate, state: dict[str, Any], encoded: RawBSONDocument) -> None:
        tracked.state, tracked.encoded, tracked.version = state, encoded, tracked.version + 1
        if tracked.aggregate is not None:
            tracked.aggregate.version = tracked.version

    def _share(self, tracked: TrackedAggregate) -> tuple[str, bytes | None] | None:
        """Return what the people topic is to show of a changed aggregate: its state, that it is gone, or nothing."""
        contract = self.service.shared.get(tracked.kind.collection)
        if contract is None or tracked.aggregate is None:
            return None
        state = tracked.aggregate.shared_state()
        if state is None:
            return (contract.type_name, None) if tracked.shared else None
        return contract.type_name, encoded(state)


def _node(write: Write) -> Node:
    if isinstance(write, Insert | Put | Keep):
        return write.collection, write.document["_id"]
    return write.collection, write.id


def _check_version(expected: int, tracked: TrackedAggregate | None) -> None:
    if tracked is None:
        raise StaleVersion("This command is about nothing that has a version: ask without If-Match.")
    if tracked.version != expected:
        what = f"{tracked.kind.collection} {tracked.id}"
        raise StaleVersion(f"{what} has version {tracked.version}, not {expected}: read it again, then decide anew.")


def _answer(message: Message, returned: bytes | None, savepoint: Savepoint) -> Answer:
    """Answer a command with what its handler has returned, or with the id and version of the command's subject."""
    if message.handler.http is None:
        return Answer(Ending.DONE)
    subject = next(iter(savepoint.loaded.values()), None)
    version = subject.version if subject else 0
    if returned is None:
        id = subject.id if subject else message.id
        returned = b'{"id":%b,"version":%d}' % (json.dumps(id).encode(), version)
    return Answer(Ending.DONE, message.handler.http.status, returned, version)
