"""From the engine's writes to statements of MongoDB's write commands."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from shared.engine.ports.filters import matches
from shared.engine.ports.store import (
    Change,
    Check,
    Conflict,
    Delete,
    Document,
    Id,
    Insert,
    Keep,
    Put,
    Replace,
    Reserve,
    Where,
    Write,
    WriteRefused,
)

SimpleWrite = Insert | Replace | Change | Put | Keep | Delete | Check
Statement = Mapping[str, Any]

DUPLICATE_KEY = 11000


class Verb(NamedTuple):
    """A command, and the field that its statements go into; if `exact`, each has to match one document."""

    command: str
    field: str
    exact: bool = True


CHECK = Verb("find", "filter")
INSERT, UPDATE, DELETE = Verb("insert", "documents"), Verb("update", "updates"), Verb("delete", "deletes")
DELETE_IF_THERE = DELETE._replace(exact=False)


class Group(NamedTuple):
    """What one command can do; a later `step` works on documents that an earlier one has touched in another way."""

    collection: str
    step: int
    verb: Verb

    def command(self, statements: Sequence[Statement]) -> Document:
        """Return the command that has all of them."""
        if self.verb is not CHECK:
            return {self.verb.command: self.collection, self.verb.field: statements}
        fields = {"_id": 1} | {name: 1 for statement in statements for name in statement["match"] or ()}
        ids = [statement["_id"] for statement in statements]
        most = len(ids) + 1  # so that no cursor is left open
        return {"find": self.collection, "filter": {"_id": {"$in": ids}}, "projection": fields, "batchSize": most}

    def check(self, statements: Sequence[Statement], reply: Mapping[str, Any]) -> None:
        """Raise `Conflict` or `WriteRefused` unless the reply says that all was done, or is, as expected."""
        if self.verb is CHECK:
            found = {document["_id"]: document for document in reply["cursor"]["firstBatch"]}
            self._expect(statements, sum(_is_so(one["match"], found.get(one["_id"])) for one in statements))
            return
        for failed in reply.get("writeErrors", ()):
            if failed["code"] == DUPLICATE_KEY:
                raise Conflict(f"{self.collection}: a document with that id exists")
            raise WriteRefused(f"{self.collection}: MongoDB refuses a write, with its error code {failed['code']}")
        if self.verb.exact:
            self._expect(statements, reply["n"])

    def _expect(self, statements: Sequence[Statement], count: int) -> None:
        if count < len(statements):
            raise Conflict(f"{self.collection}: {len(statements) - count} documents are not as expected")


def grouped(writes: Iterable[Write]) -> dict[Group, list[Statement]]:
    """Group the statements, keeping the order of those on one document; the order of the groups is always the same."""
    groups: defaultdict[tuple[str, int, Verb], list[Statement]] = defaultdict(list)
    last: dict[tuple[str, Id], tuple[int, Verb]] = {}
    for write in _simple(writes):
        verb, id, statement = _statement(write)
        key = (write.collection, id)
        before = last.get(key)
        step = 0 if before is None else before[0] + (before[1] != verb)
        last[key] = (step, verb)
        groups[write.collection, step, verb].append(statement)
    return {Group(*key): groups[key] for key in sorted(groups)}


def _simple(writes: Iterable[Write]) -> Iterator[SimpleWrite]:
    """To reserve an id is to make and remove its document: any other transaction that overlaps conflicts with that."""
    for write in writes:
        if isinstance(write, Reserve):
            yield Insert(write.collection, {"_id": write.id})
            yield Delete(write.collection, write.id)
        else:
            yield write


def _statement(write: SimpleWrite) -> tuple[Verb, Id, Statement]:
    if isinstance(write, Insert):
        return INSERT, write.document["_id"], write.document
    if isinstance(write, Check):
        return CHECK, write.id, {"_id": write.id, "match": write.match}
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


def _is_so(match: Where | None, document: Document | None) -> bool:
    if match is None or document is None:
        return match is document
    return matches(document, match)


def _update(change: Change) -> Document:
    """Always with a `$set`, even an empty one: no operator at all would replace the document."""
    update: Document = {"$set": change.set}
    if change.unset:
        update["$unset"] = dict.fromkeys(change.unset, "")
    if change.add:
        update["$inc"] = change.add
    return update
