"""What a service stores: its collections with their indexes."""

from collections.abc import Sequence

from shared.engine.authoring import tallies
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.revocations import Revocation
from shared.engine.authoring.sandbox_clock import SandboxClock
from shared.engine.authoring.service import Service
from shared.engine.batch import clocks, inbox, outbox
from shared.engine.consuming import gaps, poison, read_models, rebuilds
from shared.engine.coordination import leases, replicas, tenants
from shared.engine.deferred import chaining, effects, timers
from shared.engine.execution.loader import IDEMPOTENCY
from shared.engine.failures import lanes
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.ports.store import Index
from shared.engine.process import audit, behind
from shared.engine.publishing import growth, journal


def collections(service: Service) -> dict[str, Sequence[Index]]:
    """Return the collections of a service with their indexes; the tenant comes first in those of aggregates."""
    own: dict[str, Sequence[Index]] = {
        inbox.COLLECTION: inbox.INDEXES,
        outbox.COLLECTION: outbox.INDEXES,
        timers.COLLECTION: timers.INDEXES,
        effects.COLLECTION: effects.INDEXES,
        leases.COLLECTION: leases.INDEXES,
        IDEMPOTENCY: (Index(("expires",), expires=True),),
        poison.COLLECTION: poison.INDEXES,
        read_models.COLLECTION: (),
        journal.COLLECTION: (),
        rebuilds.COLLECTION: (),
        audit.COLLECTION: (),
        replicas.COLLECTION: replicas.INDEXES,
        behind.COLLECTION: behind.INDEXES,
        growth.COLLECTION: growth.INDEXES,
        gaps.COLLECTION: (),
        chaining.LINES: chaining.LINES_INDEXES,
        chaining.HEADS: chaining.HEADS_INDEXES,
        tenants.COLLECTION: (),
        tallies.COLLECTION: tallies.INDEXES,
        **lanes.INDEXES,
    }
    kinds: list[type[Aggregate]] = [*service.aggregates, DeadLetter]
    for aggregate in kinds:
        paths = (("tenant", *(f"state.{field}" for field in fields)) for fields in aggregate.indexes)
        own[aggregate.collection] = tuple(Index((*path, "_id")) for path in paths)
    own[SandboxClock.collection] = clocks.INDEXES
    if Revocation in kinds:
        own[Revocation.collection] = (Index(("state.expires",), expires=True),)
    own[DeadLetter.collection] = (*own[DeadLetter.collection], Index(("state.expires",), expires=True))
    return own
