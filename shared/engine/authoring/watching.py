"""Watching what this service's own handlers write: for what has to be shown at once, in whichever process it is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.engine.authoring.aggregate import ReadModel
from shared.engine.authoring.reader import collection_of, revive
from shared.engine.ports.store import Store, StoreError

Interrupted = StoreError
"""What reading and watching raise while the database does not answer."""

R = TypeVar("R", bound=ReadModel)

LOOKS = 5
"""After so many times that nothing was written, it is looked whether the read model was built anew."""


@dataclass(slots=True, frozen=True)
class Watched(Generic[R]):
    """A row of a read model that was written, and whose it is; without a row, it only says how far was looked.

    The later one has the greater `position`, in all processes.
    """

    position: str
    tenant: str = ""
    row: R | None = None


async def watch(store: Store, model: type[R]) -> AsyncIterator[Watched[R]]:
    """Yield the rows of a read model, of all tenants, as they are written; the first says where it begins.

    It ends when the model was built anew: then begin again. Raises `Interrupted` when something may have been missed.
    """
    collection, quiet = await collection_of(store, model), 0
    async for seen in store.watch(collection):
        if document := seen.document:
            yield Watched(seen.position, document["tenant"], revive(model, document))
            continue
        yield Watched(seen.position)
        quiet += 1
        if quiet % LOOKS == 0 and await collection_of(store, model) != collection:
            return
