"""Seats that are free again, and who waits for one."""

from datetime import timedelta

from shared.engine.authoring.aggregate import Effect, Outcome, Timer
from shared.engine.authoring.context import Context
from shared.ids import ApplicationId, ProgramId

SOON = timedelta(minutes=1)
"""Time for the profile to arrive that says how many seats there are; whatever frees seats meanwhile is one search."""


class SeatsFreed(Timer):
    """Look for those who wait for a seat: there may be one now."""

    program_id: ProgramId


class FindWaiting(Effect):
    """Find the mentees of a program who wait, and for whom there is a seat now."""

    program_id: ProgramId


class WaitingFound(Outcome):
    """Mentees who wait and for each of whom there is a seat; `is_more` says that there are others like them."""

    program_id: ProgramId
    mentees: tuple[ApplicationId, ...]
    is_more: bool = False


def search_for_waiting(program_id: ProgramId, ctx: Context) -> None:
    """Look soon for those who wait for a seat: there may be one now."""
    ctx.after(SOON, SeatsFreed(program_id=program_id), id=f"seats-freed/{program_id}")
