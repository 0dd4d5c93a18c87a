"""The next look for somebody who waits for a match: planned, brought forward, called off."""

from datetime import datetime

from services.matching.pool.model.participant import Participant, ParticipantStatus
from services.matching.pool.model.unmatched_codes import NOT_LOOKING, Unmatchable
from services.matching.waitlist.freed_seats import SOON
from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.context import Context
from shared.ids import ApplicationId


class LookAgain(Timer):
    """Look again for somebody who has waited for so long."""

    application_id: ApplicationId


def wait_for_match(participant: Participant, why: Unmatchable, ctx: Context, look_by: datetime | None = None) -> None:
    """Have somebody wait who takes part and wants a match: told if it is time, and looked for again by `look_by`."""
    if participant.status is ParticipantStatus.IN and why.code not in NOT_LOOKING:
        ctx.emit(*participant.wait_for_match(why, at=ctx.now, look_by=look_by))
        look_again(participant, participant.wait.look_at or ctx.now, ctx)


def stop_looking(participant: Participant, ctx: Context) -> None:
    """Have somebody wait no longer who does not want a match now; nor are they told again."""
    ctx.emit(*participant.stop_waiting())
    ctx.cancel(look_id(participant))


def wait_again(participant: Participant, ctx: Context) -> None:
    """Look soon whether a mentor has nobody who waited before, and can take somebody again."""
    if participant.wait.told:
        look_again(participant, ctx.now + SOON, ctx)


def look_again(participant: Participant, when: datetime, ctx: Context) -> None:
    """Plan the next look for somebody, instead of the one that is planned."""
    ctx.at(when, LookAgain(application_id=ApplicationId(participant.id)), id=look_id(participant), replace=True)


def look_id(participant: Participant) -> str:
    """Name the timer of the next look for somebody."""
    return f"look-again/{participant.id}"
