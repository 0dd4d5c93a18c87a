"""Checks of who may see what."""

from shared.errors import NotAllowed
from shared.web.auth import Caller


def check_own(caller: Caller, person_id: str) -> None:
    """Refuse people what belongs to somebody else."""
    if caller.person_id not in (None, person_id):
        raise NotAllowed("People can see what is their own only.")


def check_manager(caller: Caller) -> None:
    """Refuse people: imports are for those who run programs."""
    if caller.person_id is not None:
        raise NotAllowed("Imports are for clients and operators of the organization.")
