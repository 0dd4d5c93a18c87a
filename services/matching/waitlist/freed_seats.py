"""Seats that are free again, and who waits for one."""

from datetime import timedelta

from shared.engine.authoring.aggregate import Effect, Outcome, Timer
from shared.engine.authoring.context import Context
from shared.ids import ApplicationId, ProgramId

SOON = timedelta(minutes=1)
"""Time for a profile to come that says how many seats there are now; what frees seats meanwhile is one search."""


class SeatsFreed(Timer):
    """There may be seats now for those who wait for one."""

    program_id: ProgramId


class FindWaiting(Effect):
    """Find mentees of a program who wait for a seat."""

    program_id: ProgramId


class WaitingFound(Outcome):
    """Mentees who wait for a seat, those with priority first."""

    mentees: tuple[ApplicationId, ...]


def search_for_waiting(program_id: ProgramId, ctx: Context) -> None:
    """There may be a seat now for some of those who wait for one: look for them soon."""
    ctx.after(SOON, SeatsFreed(program_id=program_id), id=f"seats-freed/{program_id}")
