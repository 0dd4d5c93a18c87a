"""Engines with one thing left out each, to see that the simulation misses it: a module for each part of the engine."""

from collections.abc import Mapping

from tests.simulation.defects import clocks, decisions, later, publishing, reading, transactions
from tests.simulation.defects.plant import Plant

DEFECTS: Mapping[str, tuple[Plant, range]] = {
    **decisions.DEFECTS,
    **transactions.DEFECTS,
    **reading.DEFECTS,
    **publishing.DEFECTS,
    **later.DEFECTS,
    **clocks.DEFECTS,
}
"""Each defect, and the seeds among which it must be found; of a rare one, they begin with the first that finds it."""
