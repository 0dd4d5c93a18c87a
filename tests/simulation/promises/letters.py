"""What could not be handled is a dead letter, once, and nothing else is one."""

from collections import Counter
from collections.abc import Iterator

from shared.engine.consuming.poison import FATAL
from tests.simulation.ledger.accounts import Deposit, Nature
from tests.simulation.world import World

MOST_ENDS = 2 + FATAL
"""Processes that end by one message: the first, one in a search for the message, and those with it alone."""


def letters(world: World) -> Iterator[str]:
    """A letter for every message that its handler cannot handle, and for every record that nobody can read."""
    letters = Counter[str]()
    for row in world.documents("deadletter").values():
        letters[row["state"]["handler"]] += row["state"]["count"]  # one letter may stand for many records
    deposits = world.clients.done(Deposit)
    wanted = Counter(
        {
            "picky": sum(len(one.accounts) for one in deposits if one.nature is Nature.HOSTILE),
            "fragile": sum(len(one.accounts) for one in deposits if one.nature is Nature.POISON),
            "clerk": sum(len(one.accounts) for one in deposits if one.nature is Nature.UNWRITABLE),
            "": world.vandals.letters,
        }
    )
    for handler in sorted(letters | wanted):
        if letters[handler] != wanted[handler]:
            yield f"{letters[handler]} dead letters of the handler {handler!r}, not {wanted[handler]}"
    for event, ends in world.outside.ended.items():
        if ends > MOST_ENDS:
            yield f"{ends} processes have ended by {event}"
