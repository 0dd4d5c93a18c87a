"""What must be true at every moment, and is not to be seen any more in the end."""

from collections.abc import Iterator

from tests.simulation.world import World


def moments(world: World) -> Iterator[str]:
    """Nobody publishes on a lease that has run out, no time is wrong, no timer early, and a doctor is on call."""
    yield from world.witness.sentences
