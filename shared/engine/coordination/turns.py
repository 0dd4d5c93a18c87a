"""Turns among what is due: how much of each kind a tenant may have under way, and whose rows are looked at next."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from shared.engine.coordination.tenants import Tenants
from shared.engine.ports.filters import value_at
from shared.engine.ports.store import Document, Id, Index, Store, Where

FAILED = 10
"""Rows of a group that could not be acted on lately, beyond which it gets no others for now."""


class Group(NamedTuple):
    """Rows of one kind of one tenant; they share a place among the others."""

    tenant: str
    kind: str | None


@dataclass(slots=True, frozen=True)
class Agenda:
    """A collection whose rows become due, and the paths of their time, their shard and their kind.

    Those of one that `rests` wait while their tenant is suspended.
    """

    collection: str
    due: str = "due"
    shard: str = "shard"
    kind: str = "type"
    rests: bool = False

    @property
    def indexes(self) -> Sequence[Index]:
        """One to find what is due first of all, and one to go from group to group past all that one of them has."""
        return Index((self.shard, self.due)), Index((self.shard, "tenant", self.kind, self.due))

    def group(self, row: Document) -> Group:
        """Whose row it is, and of which kind."""
        return Group(row.get("tenant", ""), value_at(row, self.kind))

    def moment(self, row: Document) -> datetime:
        """Return when a row is due."""
        found: Any = value_at(row, self.due)
        assert isinstance(found, datetime)
        return found


class Room:
    """Places for what is under way, `at_once` in all.

    A group may have half as many places as are free, times its tenant's weight: alone it gets a third of all, and
    however many groups have much to do, some places stay free for one that comes later.
    """

    def __init__(self, at_once: int, tenants: Tenants, rests: bool = False) -> None:
        self.at_once = at_once
        self.tenants = tenants
        self.rests = rests
        self.groups: dict[Id, Group] = {}
        self.resting: dict[Id, Group] = {}
        self.of_group: Counter[Group] = Counter()
        self.of_tenant: Counter[str] = Counter()
        self.failed: Counter[Group] = Counter()

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return self.at_once - len(self.groups)

    @property
    def suspended(self) -> frozenset[str]:
        """Tenants none of whose rows gets a place."""
        return self.tenants.suspended if self.rests else frozenset()

    @property
    def known(self) -> int:
        """Rows that are looked at in vain, since they are under way or rest."""
        return len(self.groups) + len(self.resting)

    def enter(self, id: Id, group: Group) -> bool:
        """Take a place for a row, if there is one for its group, and the row is neither under way nor resting."""
        if id in self.groups or id in self.resting or not self._has_room(group):
            return False
        self.groups[id] = group
        self.of_group[group] += 1
        self.of_tenant[group.tenant] += 1
        return True

    def leave(self, id: Id) -> None:
        """Give the place back."""
        group = self.groups.pop(id)
        _take_off(self.of_group, group)
        _take_off(self.of_tenant, group.tenant)

    def rest(self, id: Id, group: Group) -> None:
        """Leave a row alone; meanwhile it takes nobody's place."""
        self.resting[id] = group
        self.failed[group] += 1

    def wake(self, id: Id) -> None:
        """Look at a row again that has rested."""
        _take_off(self.failed, self.resting.pop(id))

    def _has_room(self, group: Group) -> bool:
        if group.tenant in self.suspended:
            return False
        limit = self.tenants.of(group.tenant)
        if limit.running is not None and self.of_tenant[group.tenant] >= limit.running:
            return False
        return self.failed[group] < FAILED and 2 * self.of_group[group] < limit.weight * self.free


class Ring:
    """Goes from group to group, in order of tenant and kind, and begins anew behind the last one.

    However many rows one group has due, a step shows no more than some of them, and the next step others' rows.
    """

    def __init__(self, store: Store, agenda: Agenda) -> None:
        self.store = store
        self.agenda = agenda
        self.cursor = Group("", None)

    @property
    def is_at_start(self) -> bool:
        """Whether a round is over."""
        return self.cursor == ("", None)

    async def step(self, where: Where, limit: int) -> list[Document]:
        """Return the first rows of the groups that follow, of those that `where` describes."""
        tenant, kind = self.cursor
        if kind is None:
            rows = await self.store.find(
                self.agenda.collection,
                {**where, "tenant": {**where.get("tenant", {}), "$gt": tenant}},
                order="tenant",
                limit=limit,
            )
            # Of the last tenant there may be more: its kinds are looked at one by one.
            last = self.agenda.group(rows[-1]) if len(rows) == limit else Group("", None)
            self.cursor = last if last.kind is None else Group(last.tenant, "")
        else:
            path = self.agenda.kind
            rows = await self.store.find(
                self.agenda.collection, {**where, "tenant": tenant, path: {"$gt": kind}}, order=path, limit=limit
            )
            self.cursor = Group(tenant, value_at(rows[-1], path) if len(rows) == limit else None)
        return rows


def _take_off(counter: Counter[Any], key: object) -> None:  # of groups, or of tenants
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
