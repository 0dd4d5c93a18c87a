"""What pages read of relationships, sessions and action items."""

from collections.abc import Sequence
from datetime import datetime

from services.console.api import Naming, Shown
from services.console.frame.reader import Reader
from services.console.frame.texts import msgid


class Member(Shown):
    """Somebody who belongs to it, and as what."""

    person_id: str
    role: str


class OfMembers(Naming):
    """What some people have to do with together."""

    members: Sequence[Member]

    def others(self, person_id: str) -> list[Member]:
        """Return the members apart from one."""
        return [member for member in self.members if member.person_id != person_id]


class Relationship(OfMembers):
    """People who work together."""

    id: str
    program_id: str
    started_at: datetime
    first_session_due: datetime
    status: str
    ended_at: datetime | None = None


class Session(OfMembers):
    """A meeting."""

    id: str
    relationship_id: str
    program_id: str
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


def others_called(page: Reader, found: OfMembers) -> str:
    """Return what the members apart from whoever looks are called."""
    others = found.others(page.person_id)
    return ", ".join(found.name(one.person_id, page.say(SIDES.get(one.role, one.role))) for one in others)
