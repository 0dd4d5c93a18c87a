"""The roles that people are given: which there are, what each is for, and how tokens name them."""

from typing import NamedTuple

from pydantic import model_validator

from services.intake.fields import Id
from shared.contracts.roles import StaffRole
from shared.engine.authoring.command import Command


class GivenRole(NamedTuple):
    """A role, and the program that it is for; an admin's is for the organization."""

    role: StaffRole
    program_id: str | None

    @property
    def name(self) -> str:
        """How tokens name it."""
        return f"{self.role}:{self.program_id}" if self.program_id else self.role


class OfRole(Command):
    """What is asked about a role."""

    role: StaffRole
    program_id: Id | None = None

    @model_validator(mode="after")
    def _names_a_program_or_none(self) -> "OfRole":
        if (self.role is StaffRole.ADMIN) == (self.program_id is not None):
            raise ValueError("an admin is one of the whole organization, every other role names its program_id")
        return self

    @property
    def given(self) -> GivenRole:
        """The role."""
        return GivenRole(self.role, self.program_id)
