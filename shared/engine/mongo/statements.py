"""From the engine's writes to statements of MongoDB's write commands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from shared.engine.store import Change, Conflict, Delete, Document, Id, Insert, Put, Replace, Write, WriteRefused

Statement = Mapping[str, Any]

DUPLICATE_KEY = 11000


class Verb(NamedTuple):
    """A command, and the field that its statements go into; if `exact`, each has to match one document."""

    command: str
    field: str
    exact: bool = True


INSERT, UPDATE, DELETE = Verb("insert", "documents"), Verb("update", "updates"), Verb("delete", "deletes")
DELETE_IF_THERE = DELETE._replace(exact=False)


class Group(NamedTuple):
    """What one command can do; a later `step` works on documents that an earlier one has touched in another way."""

    collection: str
    step: int
    verb: Verb

    def check(self, statements: Sequence[Statement], reply: Mapping[str, Any]) -> None:
        """Raise `Conflict` or `WriteRefused` unless the reply says that all was done as expected."""
        for failed in reply.get("writeErrors", ()):
            if failed["code"] == DUPLICATE_KEY:
                raise Conflict(f"{self.collection}: a document with that id exists")
            raise WriteRefused(f"{self.collection}: MongoDB refuses a write, with its error code {failed['code']}")
        if self.verb.exact and reply["n"] < len(statements):
            raise Conflict(f"{self.collection}: {len(statements) - reply['n']} documents are not as expected")


def grouped(writes: Iterable[Write]) -> dict[Group, list[Statement]]:
    """The statements in few groups that keep the order of those on one document; the same order of groups always."""
    groups: defaultdict[tuple[str, int, Verb], list[Statement]] = defaultdict(list)
    last: dict[tuple[str, Id], tuple[int, Verb]] = {}
    for write in writes:
        verb, id, statement = _statement(write)
        place = (write.collection, id)
        before = last.get(place)
        step = 0 if before is None else before[0] + (before[1] != verb)
        last[place] = (step, verb)
        groups[write.collection, step, verb].append(statement)
    return {Group(*key): groups[key] for key in sorted(groups)}


def _statement(write: Write) -> tuple[Verb, Id, Statement]:
    if isinstance(write, Insert):
        return INSERT, write.document["_id"], write.document
    if isinstance(write, Replace):
        return UPDATE, write.id, {"q": {"_id": write.id, **write.match}, "u": write.document}
    if isinstance(write, Change):
        return UPDATE, write.id, {"q": {"_id": write.id, **write.match}, "u": _update(write)}
    if isinstance(write, Delete):
        verb = DELETE_IF_THERE if write.match is None else DELETE
        return verb, write.id, {"q": {"_id": write.id, **(write.match or {})}, "limit": 1}
    id = write.document["_id"]
    update = write.document if isinstance(write, Put) else {"$setOnInsert": write.document}
    return UPDATE, id, {"q": {"_id": id}, "u": update, "upsert": True}


def _update(change: Change) -> Document:
    """Always with a `$set`, even an empty one: no operator at all would replace the document."""
    update: Document = {"$set": change.set}
    if change.unset:
        update["$unset"] = dict.fromkeys(change.unset, "")
    if change.add:
        update["$inc"] = change.add
    return update
