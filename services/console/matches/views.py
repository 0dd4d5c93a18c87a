"""What pages read of a program's matches, for those who run it."""

from datetime import datetime

from services.console.proposals.views import Match


class ProgramMatch(Match):
    """A match with what those who run the program see of it: how it stands and why, and nothing that was written."""

    proposed_at: datetime
    closed_at: datetime | None = None
    ended_at: datetime | None = None
    run_id: str | None = None
    declined_by: str | None = None
    decline_reason: str | None = None
    unwind_reason: str | None = None
