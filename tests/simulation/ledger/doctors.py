"""Doctors: of two, one must be on call. A rule over two aggregates, each of which somebody else may change."""

from typing import Annotated

from pydantic import BaseModel

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.errors import Refusal


class Doctor(Aggregate, name="doctor"):
    """One of two doctors, of whom one must be on call."""

    off: bool = False
    changes: int = 0


class NobodyOnCall(Refusal):
    """The other doctor is off already."""


class GoOff(BaseModel):
    """A doctor wants to be off call."""

    doctor_id: str
    other_id: str


class ComeBack(BaseModel):
    """A doctor is on call again."""

    doctor_id: str


def doctors() -> Handlers:
    """What doctors may do."""
    handlers = Handlers()

    @handlers.post("/off")
    def go_off(
        command: GoOff, doctor: Annotated[Doctor, create("doctor_id")], other: Annotated[Doctor, create("other_id")]
    ) -> None:
        if other.off:
            raise NobodyOnCall(f"{command.other_id} is off already: somebody must be on call.")
        doctor.off, doctor.changes = True, doctor.changes + 1

    @handlers.post("/back")
    def come_back(command: ComeBack, doctor: Annotated[Doctor, create("doctor_id")]) -> None:
        doctor.off, doctor.changes = False, doctor.changes + 1

    return handlers
