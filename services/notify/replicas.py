"""What notify keeps of other services: how to reach people, what to call things, and the words behind reasons."""

from typing import ClassVar

from shared.contracts.intake import OrganizationRegistered, ProgramPublished
from shared.engine.authoring.aggregate import Aggregate, Replica


class Card(Replica, name="card"):
    """How to address and reach a person; its id is the person's. Personal data."""

    name: str = ""
    email: str = ""
    locale: str = ""
    time_zone: str = ""


class ProfileCopy(Replica, name="profile"):
    """What a participant has stated, for the words of reasons; its id is the application's. Personal data."""

    areas: tuple[str, ...] = ()
    programming_languages: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    experience: str | None = None
    time_zone: str | None = None


class OrganizationCopy(Aggregate, name="organization"):
    """The organization that the tenant is: there is one, so its id is always the same."""

    ID: ClassVar = "own"

    name: str = ""
    locale: str = ""

    def follow(self, event: OrganizationRegistered) -> None:
        """Take over what it is called, and the language of those who state none."""
        self.name, self.locale = event.name, event.locale


class ProgramCopy(Aggregate, name="program"):
    """What a program is called, and by when a pair should meet."""

    title: str = ""
    first_session_days: int = 0

    def follow(self, event: ProgramPublished) -> None:
        """Take the title and the rule over."""
        self.title, self.first_session_days = event.title, event.rules.first_session_days
