"""What must be true at the end of a run, whatever went wrong in it: a module for each subject."""

from collections.abc import Iterator

from tests.simulation.promises.answers import answers
from tests.simulation.promises.decisions import decisions
from tests.simulation.promises.fairness import fairness
from tests.simulation.promises.journal import growth, journal
from tests.simulation.promises.letters import letters
from tests.simulation.promises.moments import moments
from tests.simulation.promises.reactions import reactions
from tests.simulation.promises.states import last_records, local_copies
from tests.simulation.world import World

PROMISES = (answers, reactions, decisions, local_copies, last_records, journal, growth, letters, moments, fairness)


def broken_promises(world: World) -> Iterator[str]:
    """A sentence for each promise that the run has broken; none for a good engine."""
    for promise in PROMISES:
        yield from promise(world)
