"""A cell is put back to a backup, step by step as the operator's guide says, and goes on from there."""

import time
from datetime import timedelta

from tests.deploy.cluster.cell import Cell
from tests.deploy.cluster.cluster import NotDone
from tests.deploy.cluster.ledger import Ledger
from tests.deploy.cluster.load import Load, people_per_second
from tests.restore.backup import Backup, remove_topics

SECONDS = 15.0
"""Of load: before the backup, after it, and after the restore."""
MARGIN = timedelta(hours=1)
"""What was on its way at the backup is not older than this."""


def restore(cell: Cell, backup: Backup) -> str:
    """Returns what came of it; raises `NotDone` if something is lost, doubled, or there though the backup lacks it."""
    before = _load(cell)
    made_at = backup.make()
    after = _load(cell)
    began = time.monotonic()
    cell.stop()
    backup.put_back()
    remove_topics(cell.ground.kafka_bootstrap, cell.name)
    cell.republish(made_at - MARGIN)
    cell.start()
    seconds = time.monotonic() - began
    kept = _checked(before)
    if stray := after.published():
        raise NotDone(f"{stray} events are on the topic of which the backup knows nothing.")
    new = _checked(_load(cell))
    return f"{kept} people of the backup are known again everywhere after {seconds:.0f} s, {new} came in after it"


def _load(cell: Cell) -> Ledger:
    """People come in for a while, and all has come about."""
    with Load(cell.addresses(), cell.running().operator(), people_per_second()) as load:
        time.sleep(SECONDS)
    ledger = Ledger(cell, load)
    _checked(ledger)
    return ledger


def _checked(ledger: Ledger) -> int:
    """How many have come in; raises `NotDone` if something is missing or doubled."""
    effects = ledger.count()
    if effects.lost or effects.doubled:
        raise NotDone(f"{effects.lost} effects are lost, {effects.doubled} doubled.")
    return effects.in_pool
