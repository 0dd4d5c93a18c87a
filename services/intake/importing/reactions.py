"""What timers bring about: the next slice is enrolled, and rows that were never enrolled are deleted."""

from collections.abc import Sequence
from datetime import timedelta

from services.intake.applications.model.application import Application
from services.intake.applications.model.slot import ParticipantSlot
from services.intake.importing.model.enrollment import Enrollment
from services.intake.importing.model.imports import Import
from services.intake.importing.model.slices import EnrollSlice, ExpireSlice, ImportSlice
from services.intake.people.model import EmailAddress, Person
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, optional, require

reactions = Handlers()


PAUSE = timedelta(milliseconds=100)
"""How long an import waits between two slices, so that it does not delay others."""


NO_ROWS = ImportSlice()
"""Stands in for a slice that is missing."""


@reactions.on(
    "enroll-slice",
    loads={
        "running": require(Import, "import_id"),
        "part": optional(ImportSlice, "slice_id"),
        "addresses": create(EmailAddress, lambda _, part: (part or NO_ROWS).email_keys()),
        "people": create(Person, lambda _, part, addresses: (part or NO_ROWS).person_ids(addresses)),
        "slots": create(
            ParticipantSlot,
            lambda _, running, part, addresses: (part or NO_ROWS).slot_ids(running.terms, addresses),
        ),
        "applications": create(
            Application,
            lambda _, running, part, addresses, slots: (part or NO_ROWS).application_ids(
                running.terms, addresses, slots
            ),
        ),
    },
)
def enroll_slice(
    timer: EnrollSlice,
    running: Import,
    part: ImportSlice | None,
    addresses: Sequence[EmailAddress],
    people: Sequence[Person],
    slots: Sequence[ParticipantSlot],
    applications: Sequence[Application],
    ctx: Context,
) -> None:
    """Enroll the people of one slice, then plan the next."""
    if not running.is_next(timer.number):
        return
    if part is None or not part.is_waiting:
        running.stop(f"Slice {timer.number} is missing or has expired: import the file again.", ctx.now)
        return
    each = [Enrollment(*found) for found in zip(addresses, people, slots, applications, strict=True)]
    ctx.emit(*part.enroll(each, running.terms, by=ctx.actor, at=ctx.now))
    ctx.cancel(f"expire-slice/{part.id}")
    running.advance(part.results, ctx.now)
    if running.is_next(timer.number + 1):
        following = EnrollSlice(import_id=running.id, number=timer.number + 1)
        ctx.after(PAUSE, following, id=f"enroll-slice/{running.id}/{following.number}")


@reactions.on("expire-slice", loads={"part": optional(ImportSlice, "slice_id")})
def expire_slice(_: ExpireSlice, part: ImportSlice | None) -> None:
    """Delete rows that were never enrolled."""
    if part is not None:
        part.expire()
