"""The roles that people are given: which there are, what each is for, and how tokens name them."""

from enum import StrEnum
from typing import NamedTuple

from pydantic import Field, model_validator

from services.intake.fields import Id, Slug
from shared.engine.authoring.command import Command


class RoleName(StrEnum):
    """What somebody is: an admin of the organization, or the others of one program."""

    LEAD = "lead"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    ADMIN = "admin"
    PARTNER_ADMIN = "partner_admin"


class GivenRole(NamedTuple):
    """A role, and the program that it is for; an admin's is for the organization.

    A partner admin's program is another organization's: the `host`.
    """

    role: RoleName
    program_id: str | None
    host: str | None = None

    @property
    def name(self) -> str:
        """How tokens name it."""
        return f"{self.role}:{self.program_id}" if self.program_id else self.role


class OfRole(Command):
    """What is asked about a role."""

    role: RoleName
    program_id: Id | None = None
    host: Slug | None = Field(None, description="Of a partner_admin: the organization whose program it is")

    @model_validator(mode="after")
    def _names_a_program_or_none(self) -> "OfRole":
        if (self.role is RoleName.ADMIN) == (self.program_id is not None):
            raise ValueError("an admin is one of the whole organization, every other role names its program_id")
        if (self.role is RoleName.PARTNER_ADMIN) != (self.host is not None):
            raise ValueError("a partner_admin names the host, whose program it is, and no other role does")
        return self

    @property
    def given(self) -> GivenRole:
        """The role."""
        return GivenRole(self.role, self.program_id, self.host)
