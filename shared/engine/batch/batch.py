"""One batch in memory: an identity map of what is loaded, and a savepoint for every message.

Two messages for one aggregate see each other. A message that raises leaves nothing behind: state and events are
encoded on its savepoint, so that what cannot be stored or sent fails that message and not its batch.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson.raw_bson import RawBSONDocument

from shared.contracts.event import Event, State
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.context import Context, NotYet
from shared.engine.authoring.loads import Load, Mode
from shared.engine.authoring.service import PEOPLE, Service
from shared.engine.batch import clocks, grounds
from shared.engine.batch.message import Answer, Ending, Message
from shared.engine.batch.outbox import Chunks, Pending, number, of_event
from shared.engine.batch.savepoint import Savepoint
from shared.engine.batch.tracked import Held, Place
from shared.engine.ports.store import Delete, Document, Id, Insert, Keep, Put, Write
from shared.errors import NotFound, StaleVersion
from shared.observe import logs

Node = tuple[str, Id]
"""Anything that messages of a batch may share: an aggregate, a row, a lane."""

MAX_EVENT = 900_000
"""The largest event in bytes; brokers take 1 MB with headers."""


class TooLarge(ValueError):
    """An event that no broker would take."""


@dataclass(slots=True)
class Mark:
    """Where one message begins in the batch, and what it touches: only a conflict asks."""

    first: int
    holds: Iterable[Place] = ()
    changed: list[Place] = field(default_factory=list)


class Unit:
    """A batch: hold what its messages load, run them one by one, then take the writes."""

    def __init__(self, service: Service, now: datetime, new_id: Callable[[], str], shards: int) -> None:
        self.service = service
        self.now = now
        self.shards = shards
        self.new_id = new_id
        self.held: dict[Place, Held] = {}
        self.rows: dict[Node, Document] = {}
        self.writes: list[Write] = []
        self.replaced: set[Node] = set()
        self.pending: list[Pending] = []
        self.taken: list[Write] = []
        self.marks: list[Mark] = []

    def hold(self, place: Place, kind: type[Aggregate], document: Document | None) -> None:
        """Take a loaded document (None: it does not exist) into the batch."""
        self.held[place] = Held(place, kind, document)

    def missing(self, message: Message, depth: int) -> dict[Place, type[Aggregate]]:
        """What the message needs that is not held yet, as far as its loads of the first `depth` rounds tell."""
        needed: dict[Place, type[Aggregate]] = {}
        known: dict[str, object] = {}
        for names in message.handler.rounds[:depth]:
            for name in names:
                load = message.handler.loads[name]
                wanted = self._wanted(message, load, known)
                places = wanted if isinstance(wanted, list) else [wanted] if wanted else []
                needed.update({place: load.aggregate for place in places if place not in self.held})
                if needed:
                    continue
                known[name] = self._peek(load, wanted)
                if wanted and known[name] is None and load.mode in (Mode.REQUIRE, Mode.AWAIT):
                    return {}  # it will be refused, or wait: nothing further is needed
            if needed:
                break
        return needed

    def run(self, message: Message) -> Answer:
        """Run the message on a savepoint of its own; what it raises has changed nothing."""
        savepoint = Savepoint(message, self.now, self.shards, self.new_id)
        self.marks[-1].holds = savepoint.holds
        try:
            answer = self._handle(message, savepoint)
        except BaseException as error:
            for held in savepoint.holds.values():
                held.restore()
            grounds.note(self, message, savepoint.holds, error)
            raise
        clocks.note(self, message)
        return answer

    def begin(self, message: Message) -> None:
        """From here on, what is touched belongs to this message."""
        logs.bind(message.described)
        self.marks.append(Mark(len(self.writes), changed=[("inbox", message.seen)] if message.seen else []))
        message.moment = clocks.moment(self, message)

    def settle(self, *writes: Write) -> None:
        """Writes that belong to the transaction beside the state of aggregates, in this order."""
        self.writes.extend(writes)
        self.replaced.update(_node(write) for write in writes if isinstance(write, Put | Delete))

    def is_void(self, message: Message) -> bool:
        """Whether the row that it came from, a timer's say, was removed or replaced by an earlier one of the batch."""
        return any(_node(write) in self.replaced for write in message.settles)

    def remember(self, write: Insert | Put, id: str) -> None:
        """A row that says that something was seen: the batch's next messages see it too."""
        self.rows[write.collection, id] = dict(write.document)
        self.settle(write)

    def change(self, held: Held) -> None:
        """Take the new state of an aggregate that the engine itself has changed."""
        changed = held.change(forced=True)
        assert changed is not None
        self._take_change(*changed)
        self.marks[-1].changed.append(held.place)

    def nodes(self) -> list[set[Node]]:
        """What each message has touched, in the order in which they ran."""
        ends = [mark.first for mark in self.marks[1:]] + [len(self.writes)]
        return [
            {*mark.holds, *mark.changed, *map(_node, self.writes[mark.first : end])}
            for mark, end in zip(self.marks, ends, strict=True)
        ]

    def hold_new(self, message: Message) -> None:
        """Hold what the message creates under its own new id: there is nothing to load."""
        for place, kind in self.missing(message, 1).items():
            self.hold(place, kind, None)

    def take(self, chunks: Chunks) -> list[Write]:
        """All writes of the batch; the outbox chunks get numbers above those of every aggregate that is held."""
        highest = max((held.chunk for held in self.held.values()), default=0)
        inserts: list[Write] = []
        if self.pending:
            inserts, last = chunks.writes(self.pending, number(self.now, highest))
            for held in self.held.values():
                if held.is_changed:
                    held.chunk = last
        states = (held.write() for held in self.held.values())
        self.taken = [*(write for write in states if write), *self.writes]
        return [*self.taken, *inserts]

    def _handle(self, message: Message, savepoint: Savepoint) -> Answer:
        handler = message.handler
        body, known = message.read(), dict[str, object]()
        for names in handler.rounds:
            for name in names:
                load = handler.loads[name]
                known[name] = self._give(load, self._wanted(message, load, known), savepoint)
        if message.expected_version is not None:
            _check_version(message.expected_version, next(iter(savepoint.holds.values()), None))
        arguments = [give(known) for give in handler.gives]
        if handler.wants_context:
            arguments.append(Context(message, self.now, self.new_id, savepoint))
        result = handler.function(body, *arguments)
        told = None if result is None else result.model_dump_json().encode()
        self._keep(savepoint)
        return _answer(message, told, savepoint)

    def _wanted(self, message: Message, load: Load, known: dict[str, object]) -> Place | list[Place] | None:
        """Where what the load's key names is stored."""
        if not load.needs and (cached := message.wanted.get(id(load))) is not None:
            return cached
        if load.key is None:
            ids: str | Sequence[str] | None = message.id
        else:
            ids = load.key(message.read(), *(known.get(name) for name in load.needs))
        collection = load.aggregate.collection_of(message.generation)
        if ids is None:
            return None
        wanted: Place | list[Place] = (
            (collection, f"{message.tenant}/{ids}")
            if isinstance(ids, str)
            else [(collection, f"{message.tenant}/{each}") for each in ids]
        )
        message.wanted[id(load)] = wanted
        return wanted

    def _peek(self, load: Load, wanted: Place | list[Place] | None) -> object:
        """What is at these places, for the keys of later loads; the handler has not asked for it yet."""
        if isinstance(wanted, list):
            return [found for place in wanted if (found := self._at(load, place))]
        return self._at(load, wanted) if wanted else None

    def _at(self, load: Load, place: Place) -> Aggregate | None:
        held = self.held[place]
        return held.blank() if load.mode is Mode.CREATE else held.present()

    def _give(self, load: Load, wanted: Place | list[Place] | None, savepoint: Savepoint) -> object:
        """What the handler gets for a load, according to its mode."""
        if isinstance(wanted, list):
            every = (self._one(load, place, savepoint) for place in wanted)
            return [aggregate for aggregate in every if aggregate is not None]
        return None if wanted is None else self._one(load, wanted, savepoint)

    def _one(self, load: Load, place: Place, savepoint: Savepoint) -> Aggregate | None:
        if not load.stale:
            savepoint.holds[place] = self.held[place]
        found = self._at(load, place)
        if found is None and load.mode is not Mode.OPTIONAL:
            what = load.aggregate.collection
            if savepoint.message.is_command:
                raise NotFound(f"There is no {what} {self.held[place].id}.")
            raise NotYet(f"{what}/{place[1]}")
        return found

    def _keep(self, savepoint: Savepoint) -> None:
        """Encode what the message has changed and caused, then make it part of the batch; it may only raise before."""
        message = savepoint.message
        emitting = {held.place for held, _ in savepoint.emitted}
        found = [held.change(forced=place in emitting) for place, held in savepoint.holds.items()]
        changes = [(*change, self._share(change[0])) for change in found if change is not None]
        events = [(held, event, _data(event)) for held, event in savepoint.emitted]
        for held in savepoint.holds.values():
            held.guarded = True
        for held, state, encoded, _ in changes:
            self._take_change(held, state, encoded)
        for held, event, data in events:
            held.sequence += 1
            self.pending.append(of_event(event, message, _subject(held), held.sequence, data))
        for held, _, _, share in changes:
            if share is not None:
                held.shared = share[1] is not None
                subject = _subject(held)
                self.pending.append(Pending(share[0], message.tenant, subject, held.version, share[1], message, PEOPLE))
        if message.settles or savepoint.writes:
            self.settle(*message.settles, *savepoint.writes)

    @staticmethod
    def _take_change(held: Held, state: dict[str, Any], encoded: RawBSONDocument) -> None:
        held.state, held.encoded, held.version = state, encoded, held.version + 1
        if held.aggregate is not None:
            held.aggregate.version = held.version

    def _share(self, held: Held) -> tuple[str, bytes | None] | None:
        """What the people topic is told of a changed aggregate: its state, that it is gone, or nothing at all."""
        contract = self.service.shared.get(held.kind.collection)
        if contract is None or held.aggregate is None:
            return None
        state = held.aggregate.shared_state()
        if state is None:
            return (contract.type_name, None) if held.shared else None
        return contract.type_name, _data(state)


def _node(write: Write) -> Node:
    if isinstance(write, Insert | Put | Keep):
        return write.collection, write.document["_id"]
    return write.collection, write.id


def _data(contract: Event | State) -> bytes:
    data = contract.model_dump_json().encode()
    if len(data) > MAX_EVENT:
        raise TooLarge(f"{contract.about.name}: {len(data)} bytes are more than the {MAX_EVENT} that a topic takes")
    return data


def _subject(held: Held) -> str:
    return f"{held.kind.collection}/{held.id}"


def _check_version(expected: int, held: Held | None) -> None:
    if held is None:
        raise StaleVersion("This command is about nothing that has a version: ask without If-Match.")
    if held.version != expected:
        what = f"{held.kind.collection} {held.id}"
        raise StaleVersion(f"{what} has version {held.version}, not {expected}: read it again, then decide anew.")


def _answer(message: Message, told: bytes | None, savepoint: Savepoint) -> Answer:
    """What the sender of a command is told: what the handler returned, or id and version of the command's subject."""
    if message.handler.http is None:
        return Answer(Ending.DONE)
    subject = next(iter(savepoint.holds.values()), None)
    version = subject.version if subject else 0
    if told is None:
        id = subject.id if subject else message.id
        told = b'{"id":%b,"version":%d}' % (json.dumps(id).encode(), version)
    return Answer(Ending.DONE, message.handler.http.status, told, version)
