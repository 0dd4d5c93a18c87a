"""What pages read of relationships, sessions and action items."""

from collections.abc import Sequence
from datetime import datetime

from services.console.api import Naming, ServiceProblem, Shown, at
from services.console.frame.page import Page
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


class Planned(Shown):
    """When a session is."""

    id: str
    starts_at: datetime
    ends_at: datetime


class Meetings(Shown):
    """What there is of the sessions of two who work together."""

    held: int = 0
    last_held_at: datetime | None = None
    next: Planned | None = None
    untold: Sequence[Planned] = ()


class Relationship(OfMembers):
    """People who work together, and how it goes, where a list says that."""

    id: str
    program_id: str
    match_ids: Sequence[str] = ()
    started_at: datetime
    first_session_due: datetime
    status: str
    ended_at: datetime | None = None
    meetings: Meetings = Meetings()


class Agenda(Shown):
    """All that waits for somebody in what they do with others."""

    relationships: Sequence[Relationship]
    to_do: "Sequence[Action]"


class Session(OfMembers):
    """A meeting."""

    id: str
    relationship_id: str
    program_id: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    status: str
    revision: int = 0


class Action(Shown):
    """Something that somebody is to do."""

    id: str
    relationship_id: str
    owner_id: str
    task: str | None
    due_at: datetime
    done_at: datetime | None = None


SIDES = {"mentor": msgid("your mentor"), "mentee": msgid("your mentee")}


def others_called(page: Reader, found: OfMembers) -> str:
    """Return what the members apart from whoever looks are called."""
    others = found.others(page.person_id)
    return ", ".join(found.name(one.person_id, page.say(SIDES.get(one.role, one.role))) for one in others)


class Whereabouts(Shown):
    """Where somebody is, if their program shows it."""

    time_zone: str | None = None


class Partner(Shown):
    """The other one of a match."""

    profile: Whereabouts | None = None


async def zone_of_other(page: Page, relationship: Relationship) -> str:
    """Return the zone of the one other member, if their program shows it; nothing if matching is away."""
    if not relationship.match_ids or len(relationship.others(page.person_id)) != 1:
        return ""
    try:
        partner = await page.api.one(Partner, "matching", at("/v1/matches/{}/partner", relationship.match_ids[-1]))
    except ServiceProblem:
        return ""
    return (partner.profile.time_zone if partner.profile else None) or ""
