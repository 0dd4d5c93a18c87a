"""Engines with one thing left out each, to see that the simulation misses it: a module for each part of the engine."""

from collections.abc import Mapping

from tests.simulation.defects import clocks, decisions, later, publishing, reading, transactions
from tests.simulation.defects.plant import Plant

DEFECTS: Mapping[str, tuple[Plant, int]] = {
    **decisions.DEFECTS,
    **transactions.DEFECTS,
    **reading.DEFECTS,
    **publishing.DEFECTS,
    **later.DEFECTS,
    **clocks.DEFECTS,
}
"""Each defect, and the number of seeds within which it must be found."""
