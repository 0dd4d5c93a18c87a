"""What timers bring about: the next slice is enrolled, and rows that were never enrolled are deleted."""

from datetime import timedelta
from typing import Annotated

from services.intake.applications.model.application import Application
from services.intake.applications.model.slot import ParticipantSlot
from services.intake.importing.model.enrollment import Enrollment
from services.intake.importing.model.imports import Import
from services.intake.importing.model.slices import EnrollSlice, ExpireSlice, ImportSlice
from services.intake.people.model import EmailAddress, Person
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, optional, require

reactions = Handlers()


PAUSE = timedelta(milliseconds=100)
"""How long an import waits between two slices, so that it does not delay others."""


def _email_keys(_: EnrollSlice, part: ImportSlice | None) -> list[str]:
    return part.email_keys() if part else []


def _person_ids(_: EnrollSlice, part: ImportSlice | None, addresses: list[EmailAddress]) -> list[str]:
    return part.person_ids(addresses) if part else []


def _slot_ids(_: EnrollSlice, running: Import, people: list[Person]) -> list[str]:
    return [running.terms.slot_id(person.id) for person in people]


def _application_ids(_: EnrollSlice, part: ImportSlice | None, slots: list[ParticipantSlot]) -> list[str]:
    return part.application_ids(slots) if part else []


class DueSlice(Bundle):
    """The slice of an import that is due, with all that its rows are about; None if it is missing."""

    running: Annotated[Import, require("import_id")]
    part: Annotated[ImportSlice | None, optional("slice_id")]
    addresses: Annotated[list[EmailAddress], create(_email_keys)]
    people: Annotated[list[Person], create(_person_ids)]
    slots: Annotated[list[ParticipantSlot], create(_slot_ids)]
    applications: Annotated[list[Application], create(_application_ids)]

    @property
    def enrollments(self) -> list[Enrollment]:
        """What each row is about, in the order of the rows."""
        found = zip(self.addresses, self.people, self.slots, self.applications, strict=True)
        return [Enrollment(*each) for each in found]


@reactions.on("enroll-slice")
def enroll_slice(timer: EnrollSlice, due: DueSlice, ctx: Context) -> None:
    """Enroll the people of one slice, then plan the next."""
    running, part = due.running, due.part
    if not running.is_next(timer.number):
        return
    if part is None or not part.is_waiting:
        running.stop(f"Slice {timer.number} is missing or has expired: import the file again.", ctx.now)
        return
    ctx.emit(*part.enroll(due.enrollments, running.terms, at=ctx.now))
    ctx.cancel(f"expire-slice/{part.id}")
    running.complete_slice(part.results, ctx.now)
    if running.is_next(timer.number + 1):
        following = EnrollSlice(import_id=running.id, number=timer.number + 1)
        ctx.after(PAUSE, following, id=f"enroll-slice/{running.id}/{following.number}")


@reactions.on("expire-slice")
def expire_slice(_: ExpireSlice, part: Annotated[ImportSlice | None, optional("slice_id")]) -> None:
    """Delete rows that were never enrolled."""
    if part is not None:
        part.expire()
