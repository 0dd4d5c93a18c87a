"""What a service stores: its collections with their indexes."""

from collections.abc import Sequence

from shared.engine import (
    audit,
    clocks,
    effects,
    gaps,
    growing,
    inbox,
    journal,
    leases,
    outbox,
    parking,
    poison,
    readmodels,
    rebuilds,
    replicas,
    tenants,
    timers,
)
from shared.engine.aggregate import Aggregate
from shared.engine.deadletters import DeadLetter
from shared.engine.loading import IDEMPOTENCY
from shared.engine.service import Service
from shared.engine.store import Index


def collections(service: Service) -> dict[str, Sequence[Index]]:
    """The collections of a service with their indexes; the tenant comes first in those of aggregates."""
    own: dict[str, Sequence[Index]] = {
        inbox.COLLECTION: inbox.INDEXES,
        outbox.COLLECTION: outbox.INDEXES,
        timers.COLLECTION: timers.INDEXES,
        effects.COLLECTION: effects.INDEXES,
        leases.COLLECTION: leases.INDEXES,
        IDEMPOTENCY: (Index(("expires",), expires=True),),
        poison.COLLECTION: poison.INDEXES,
        readmodels.COLLECTION: (),
        journal.COLLECTION: (),
        rebuilds.COLLECTION: (),
        audit.COLLECTION: (),
        replicas.COLLECTION: replicas.INDEXES,
        growing.COLLECTION: growing.INDEXES,
        gaps.COLLECTION: (),
        tenants.COLLECTION: (),
        **parking.INDEXES,
    }
    kinds: list[type[Aggregate]] = [*service.aggregates, DeadLetter]
    for aggregate in kinds:
        paths = (("tenant", *(f"state.{field}" for field in fields)) for fields in aggregate.indexes)
        own[aggregate.collection] = tuple(Index((*path, "_id")) for path in paths)
    own[clocks.Clock.collection] = clocks.INDEXES
    own[DeadLetter.collection] = (*own[DeadLetter.collection], Index(("state.expires",), expires=True))
    return own
