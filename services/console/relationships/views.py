"""What pages read of relationships, sessions and action items."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.console.api import Naming, Shown
from services.console.frame.page import Page
from services.console.frame.texts import msgid


class Member(Shown):
    """Somebody who belongs to it, and as what."""

    person_id: str
    role: str


class Relationship(Naming):
    """People who work together."""

    id: str
    program_id: str
    members: Sequence[Member]
    started_at: datetime
    first_session_due: datetime
    status: str
    ended_at: datetime | None = None

    def others(self, person_id: str) -> list[Member]:
        """Return the members apart from one."""
        return [member for member in self.members if member.person_id != person_id]


class Session(Naming):
    """A meeting."""

    id: str
    relationship_id: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    status: str


class Action(Shown):
    """Something that somebody is to do."""

    id: str
    owner_id: str
    task: str | None
    due_at: datetime
    done_at: datetime | None = None


SIDES = {"mentor": msgid("your mentor"), "mentee": msgid("your mentee")}


def called(page: Page, members: Sequence[Member], names: Mapping[str, str]) -> str:
    """Return what some members are called, by whoever looks."""
    return ", ".join(names.get(one.person_id) or page.say(SIDES.get(one.role, one.role)) for one in members)
