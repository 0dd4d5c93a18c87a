"""The audit trail, where it begins: what is asked leaves a line, in the transaction of what it does.

Lines leave through the outbox, as events do, so that they cost a transaction nothing that it does not do anyway; the
process that has the shard of their organization takes them from there, and chains them (see `deferred/chaining.py`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from shared.engine.authoring.grants import Grant
from shared.engine.authoring.handlers import Handlers
from shared.engine.batch import outbox
from shared.engine.ports.store import Document, Insert

if TYPE_CHECKING:
    from shared.engine.batch.batch import Batch
    from shared.engine.batch.message import Message
    from shared.engine.batch.savepoint import Savepoint

MOST_PEOPLE = 1000
"""Whose ids one line has; how many they were is said in any case."""

AT_ONCE = 50
"""Lines in one document."""

OF_PEOPLE = ("person_id", "mentor_id", "mentee_id", "owner_id")
"""What fields are called that name a person."""


@dataclass(slots=True)
class Draft:
    """What a request will leave on the trails of `tenants`, when it is known what became of it.

    `role` is as what somebody asks of whom nothing is granted yet, and `is_staff` whether that looks after others.
    `whoever` asks for it leaves a line. It is `claimed` by the first command that the request sends, and `written`
    with the status that this was answered with.
    """

    tenants: list[str]
    actor: str
    role: str
    operation: str
    about: dict[str, str]
    network: str
    is_staff: bool
    whoever: bool = False
    granted: Grant | None = None
    people: list[str] = field(default_factory=list)
    claimed: bool = False
    written: int | None = None

    @property
    def is_due(self) -> bool:
        """Whether it belongs on a trail: somebody asks who looks after others, or it is of a kind that always does."""
        return self.whoever or (self.is_staff if self.granted is None else self.granted.is_staff)

    def show(self, people: Iterable[str]) -> None:
        """Note whose data is shown or changed."""
        self.people = list(dict.fromkeys([*self.people, *people]))

    def note_subject(self, savepoint: "Savepoint") -> None:
        """Note what a command was about, and whose that is."""
        subject = next(iter(savepoint.loaded.values()), None)
        if subject is None:
            return
        self.about[subject.kind.collection] = subject.id
        if subject.aggregate is not None:
            self.show(people_in(subject.aggregate))

    def line(self, id: str, at: datetime, status: int) -> Document:
        """Return it as it is written."""
        return {
            "id": id,
            "at": at,
            "actor": self.actor,
            "role": self.granted.role if self.granted else self.role,
            "operation": self.operation,
            "about": self.about,
            "people": self.people[:MOST_PEOPLE],
            "count": len(self.people),
            "network": self.network,
            "status": status,
        }


class KeepLine(BaseModel):
    """Write a line of something that was no command, or was refused before it was one."""

    status: int


keeping = Handlers()
"""How lines are written of what has no transaction of its own: many at once, as commands are."""


@keeping.post("")
def keep_line(_: KeepLine) -> None:
    """Write the line that the message has."""


(KEEP,) = keeping.handlers


def people_in(model: BaseModel) -> list[str]:
    """Return the people whom it names by its fields."""
    found = list[object]()
    for name in _naming(type(model)):
        value = getattr(model, name)
        found += value if isinstance(value, list | tuple) else [value]
    return [one for one in found if isinstance(one, str) and one]


@cache
def _naming(kind: type[BaseModel]) -> tuple[str, ...]:
    """The fields and properties of a kind that name people: to ask each model for what it lacks takes long."""
    named = (*OF_PEOPLE, "people", *(("id",) if getattr(kind, "collection", "") == "person" else ()))
    return tuple(name for name in named if name in kind.model_fields or isinstance(getattr(kind, name, None), property))


def write(batch: "Batch", message: "Message", status: int) -> None:
    """Have the transaction write the line of a message, if it leaves one."""
    draft = message.draft
    if draft is None or not draft.is_due:
        return
    body = message.body
    line = draft.line(message.id, batch.now, body.status if isinstance(body, KeepLine) else status)
    batch.lines += [(tenant, line) for tenant in draft.tenants]


def inserts(lines: Iterable[tuple[str, Document]], chunks: outbox.Chunks, first: int) -> Iterator[Insert]:
    """Return what the outbox gets of these lines, under numbers behind `first`; no event is among it."""
    of_tenant = dict[str, list[Document]]()
    for tenant, line in lines:
        of_tenant.setdefault(tenant, []).append(line)
    parts = (
        (tenant, some[start : start + AT_ONCE])
        for tenant, some in of_tenant.items()
        for start in range(0, len(some), AT_ONCE)
    )
    for number, (tenant, part) in enumerate(parts, first + chunks.random.getrandbits(outbox.SALT_BITS)):
        row: dict[str, Any] = {"_id": number << outbox.SALT_BITS | chunks.random.getrandbits(outbox.SALT_BITS)}
        row |= {"shard": outbox.shard_of(tenant, chunks.shards), "tenant": tenant, "unchained": True}
        yield Insert(outbox.COLLECTION, row | {"events": [], "lines": part})
