"""Whoever has much to do does not keep others waiting."""

from collections.abc import Iterator

from tests.simulation.clients import QUIET
from tests.simulation.world import World

SOON = 4.0
"""Seconds within which a single effect begins: two looks at what is due."""


def fairness(world: World) -> Iterator[str]:
    """An effect of a tenant with little to do begins soon, however many another tenant has."""
    if world.plan.noisy and (waited := world.outside.begun[QUIET] - world.clients.asked_quietly) > SOON:
        yield f"the only errand of {QUIET} has begun after {waited:.1f} s"
