"""How relationships are watched, and when one is found to be at risk."""

from typing import Annotated

from services.evaluation.local_copies import Program
from services.evaluation.risks.model import RelationshipWatch, RiskCase
from shared.contracts.sessions import (
    RelationshipEndedEarly,
    RelationshipStarted,
    SessionCancelled,
    SessionCompleted,
    SessionScheduled,
)
from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import awaits, create, require
from shared.ids import RelationshipId

reactions = Handlers()

Watched = Annotated[RelationshipWatch, awaits("relationship_id")]


class LookForBooking(Timer):
    """Look whether a session of the relationship has been booked by now."""

    relationship_id: RelationshipId


@reactions.on("watch-relationship")
def watch_relationship(
    event: RelationshipStarted,
    watch: Annotated[RelationshipWatch, create("relationship_id")],
    program: Annotated[Program, awaits("program_id")],
    ctx: Context,
) -> None:
    """Watch a relationship from its start, and look again when a session should be booked."""
    due = watch.begin(event, ctx.message_id, program.rules)
    ctx.at(due, LookForBooking(relationship_id=event.relationship_id), id=watch.look)


@reactions.on("note-booking")
def note_booking(event: SessionScheduled | SessionCompleted, watch: Watched, ctx: Context) -> None:
    """Note that members have booked a session, or held one: nobody need look for it."""
    watch.book(event.session_id, ctx.message_id)
    plan_look(watch, ctx)


@reactions.on("note-cancellation")
def note_cancellation(event: SessionCancelled, watch: Watched, ctx: Context) -> None:
    """Note that a session is off; if it was the only one, plan the look again, if its time is still to come."""
    watch.cancel(event.session_id, ctx.message_id)
    plan_look(watch, ctx)


@reactions.on("note-early-end")
def note_early_end(_: RelationshipEndedEarly, watch: Watched, ctx: Context) -> None:
    """Note that a relationship has ended: nobody need look for a booking."""
    watch.end()
    plan_look(watch, ctx)


def plan_look(watch: RelationshipWatch, ctx: Context) -> None:
    """Have the relationship looked at when a session should be booked, or no longer."""
    if when := watch.next_look(ctx.now):
        ctx.at(when, LookForBooking(relationship_id=RelationshipId(watch.id)), id=watch.look)
    else:
        ctx.cancel(watch.look)


def case_of_nothing_booked(timer: LookForBooking) -> str:
    """Name the case: there is one for each relationship."""
    return f"{timer.relationship_id}-nothing-booked"


@reactions.on("find-nothing-booked")
def find_nothing_booked(
    _: LookForBooking,
    watch: Annotated[RelationshipWatch, require("relationship_id")],
    risk: Annotated[RiskCase, create(case_of_nothing_booked)],
    ctx: Context,
) -> None:
    """Raise a case if still nothing is booked."""
    ctx.emit(*risk.find_nothing_booked(watch, at=ctx.now))
