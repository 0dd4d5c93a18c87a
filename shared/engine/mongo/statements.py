"""From the engine's writes to statements of MongoDB's write commands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from shared.engine.store import Change, Conflict, Delete, Document, Id, Insert, Keep, Put, Replace, Write, WriteRefused

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
    groups: defaultdict[Group, list[Statement]] = defaultdict(list)
    last: dict[tuple[str, Id], Group] = {}
    for write in writes:
        verb, id, statement = _statement(write)
        before = last.get((write.collection, id))
        step = 0 if before is None else before.step + (before.verb != verb)
        last[write.collection, id] = group = Group(write.collection, step, verb)
        groups[group].append(statement)
    return {group: groups[group] for group in sorted(groups)}


def _statement(write: Write) -> tuple[Verb, Id, Statement]:
    match write:
        case Insert(_, document):
            return INSERT, document["_id"], document
        case Replace(_, id, match, document):
            return UPDATE, id, {"q": {"_id": id, **match}, "u": document}
        case Change(_, id, match):
            return UPDATE, id, {"q": {"_id": id, **match}, "u": _update(write)}
        case Put(_, document):
            id = document["_id"]
            return UPDATE, id, {"q": {"_id": id}, "u": document, "upsert": True}
        case Keep(_, document):
            id = document["_id"]
            return UPDATE, id, {"q": {"_id": id}, "u": {"$setOnInsert": document}, "upsert": True}
        case Delete(_, id, match):
            verb = DELETE_IF_THERE if match is None else DELETE
            return verb, id, {"q": {"_id": id, **(match or {})}, "limit": 1}


def _update(change: Change) -> Document:
    """Always with a `$set`, even an empty one: no operator at all would replace the document."""
    update: Document = {"$set": change.set}
    if change.unset:
        update["$unset"] = dict.fromkeys(change.unset, "")
    if change.add:
        update["$inc"] = change.add
    return update
