"""What notify keeps of other services: how to reach people, what to call things, and the words behind reasons."""

from typing import ClassVar

from pydantic import BaseModel

from shared.contracts import intake
from shared.engine.authoring.aggregate import LocalCopy
from shared.engine.authoring.handlers import Handlers

local_copies = Handlers()


class Card(LocalCopy, name="card"):
    """How to address and reach a person; its id is the person's. Personal data."""

    name: str = ""
    email: str = ""
    locale: str = ""
    time_zone: str = ""
    shows_email: bool = True
    address_change: intake.ExpectedAddress | None = None


class Profile(LocalCopy, name="profile"):
    """What a participant has stated, for the words of reasons; its id is the application's. Personal data."""

    areas: tuple[str, ...] = ()
    programming_languages: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    experience: str | None = None
    time_zone: str | None = None


class Organization(LocalCopy, name="organization"):
    """The organization that the tenant is: there is one, so its id is always the same."""

    ID: ClassVar = "own"

    name: str = ""
    locale: str = ""


class Program(LocalCopy, name="program"):
    """A program, as intake published it last."""

    title: str = ""
    rules: intake.ProgramRules = intake.ProgramRules()


def the_organization(_: BaseModel) -> str:
    """Return the id of the tenant's organization, whatever the message."""
    return Organization.ID


local_copies.copies(intake.ContactCard, Card)
local_copies.copies(intake.Profile, Profile)
local_copies.copies(intake.OrganizationRegistered, Organization, key=the_organization)
local_copies.copies(intake.ProgramPublished, Program)
