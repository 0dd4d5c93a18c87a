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
    """Find the mentees of a program who wait for a seat."""

    program_id: ProgramId


class WaitingFound(Outcome):
    """Mentees who wait for a seat, those with priority first."""

    mentees: tuple[ApplicationId, ...]


def search_for_waiting(program_id: ProgramId, ctx: Context) -> None:
    """Look soon for those who wait for a seat: there may be one now."""
    ctx.after(SOON, SeatsFreed(program_id=program_id), id=f"seats-freed/{program_id}")
