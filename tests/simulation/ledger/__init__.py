"""A small service in which every promise of the engine can be seen to be kept or broken: a module for each subject."""

from shared.engine.authoring.service import Service
from tests.simulation.ledger.accounts import Deposited, accounts
from tests.simulation.ledger.doctors import doctors
from tests.simulation.ledger.errands import errands
from tests.simulation.ledger.guests import GuestInvited, guests
from tests.simulation.ledger.keys import KeyMoved, keys
from tests.simulation.ledger.outside import Outside
from tests.simulation.ledger.people import people


def ledger(outside: Outside) -> Service:
    """The service; what its handlers meet beyond the engine is `outside`."""
    handlers = [accounts(outside), doctors(), errands(outside), guests(outside), keys(), people()]
    return Service("ledger", "Ledger", [Deposited, GuestInvited, KeyMoved], handlers)
