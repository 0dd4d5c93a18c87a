"""Reading aggregates outside a handler: for queries over HTTP and for effects. Every read is of one tenant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.engine.authoring.aggregate import Aggregate, ReadModel
from shared.engine.authoring.context import NotYet
from shared.engine.ports.store import Document, Store
from shared.errors import NotFound

A = TypeVar("A", bound=Aggregate)


class FutureSchema(NotYet):
    """A stored state was written by a newer version than this one: it is not touched, and whoever needs it waits."""


def revive(aggregate: type[A], document: Document) -> A:
    """Return the aggregate in a stored document."""
    state, schema = document["state"], document["schema"]
    if schema > aggregate.schema_version:
        raise FutureSchema(f"a version of this service that knows schema {schema} of {aggregate.collection}")
    if schema < aggregate.schema_version:
        state = aggregate.upcast(state, schema)
    found = aggregate.model_validate(state, extra="allow")  # in what it holds, too: a newer version may have written it
    found.version = document["version"]
    return found


async def collection_of(store: Store, aggregate: type[Aggregate]) -> str:
    """Return where an aggregate is stored now: of a read model, the generation that is live."""
    if not issubclass(aggregate, ReadModel):
        return aggregate.collection
    state = (await store.get("models", [aggregate.collection])).get(aggregate.collection)
    return aggregate.collection_of(state["live"] if state else 0)


@dataclass(slots=True, frozen=True)
class Page(Generic[A]):
    """Some of what was asked for, in order of id; `next` is where to go on, None at the end."""

    items: Sequence[A]
    next: str | None


@dataclass(slots=True, frozen=True)
class Reader:
    """One tenant's aggregates, as a majority of the database has them."""

    store: Store
    tenant: str

    async def get(self, aggregate: type[A], id: str) -> A:
        """Return the aggregate; raises `NotFound`."""
        found = await self.many(aggregate, [id])
        if not found:
            raise NotFound.of(aggregate.collection, id)
        return found[0]

    async def many(self, aggregate: type[A], ids: Sequence[str]) -> list[A]:
        """Return those of the aggregates that exist, in the order of their ids as given."""
        keys = [f"{self.tenant}/{id}" for id in ids]
        documents = await self.store.get(await collection_of(self.store, aggregate), keys)
        return [revive(aggregate, documents[key]) for key in keys if key in documents and documents[key]["version"]]

    async def page(
        self,
        aggregate: type[A],
        where: Mapping[str, Any],
        after: str | None = None,
        limit: int = 100,
        *,
        latest_first: bool = False,
    ) -> Page[A]:
        """Aggregates by fields of their state (which need an index), from behind the id `after`.

        Ids are in the order in which they were made, so that the `latest_first` are those with the highest.
        """
        query = self._where(where)
        start = f"{self.tenant}/{after}" if after else None
        collection, order = await collection_of(self.store, aggregate), "-_id" if latest_first else "_id"
        documents = await self.store.find(collection, query, limit=limit + 1, after=start, order=order)
        items = [revive(aggregate, document) for document in documents[:limit]]
        return Page(items, items[-1].id if len(documents) > limit else None)

    async def count(self, aggregate: type[A], where: Mapping[str, Any], limit: int) -> int:
        """Count aggregates by fields of their state (which need an index), no more than `limit`."""
        return await self.store.count(await collection_of(self.store, aggregate), self._where(where), limit)

    def _where(self, where: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"tenant": self.tenant, "version": {"$gt": 0}} | {
            f"state.{name}": value for name, value in where.items()
        }

    async def every(self, aggregate: type[A], where: Mapping[str, Any]) -> list[A]:
        """Return all of them, page by page; for effects that need the whole."""
        items, after = list[A](), None
        while True:
            page = await self.page(aggregate, where, after, limit=1000)
            items.extend(page.items)
            if (after := page.next) is None:
                return items
