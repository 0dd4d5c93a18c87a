"""Nobody is kept waiting: not by those who have much to do, and not for what has come."""

from collections.abc import Iterator

from tests.simulation.clients import GUESTS, QUIET
from tests.simulation.world import World

SOON = 4.0
"""Seconds within which a single effect begins, and a lane is woken: two looks at what is due."""


def fairness(world: World) -> Iterator[str]:
    """An effect of a tenant with little to do begins soon, however many another has; who waits is woken soon."""
    if not world.plan.noisy:
        return
    if (waited := world.outside.begun[QUIET] - world.clients.asked_quietly) > SOON:
        yield f"the only errand of {QUIET} has begun after {waited:.1f} s"
    for guest in (f"guest{number}" for number in range(GUESTS)):
        if (waited := world.outside.let_in[guest] - world.clients.opened) > SOON:
            yield f"{guest} was let in {waited:.1f} s after the opening"
