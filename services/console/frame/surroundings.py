"""What is around the pages of a person: who they are, their organization, its programs; remembered for a moment."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from fastapi import Request

from services.console.api import Api, ServiceAway, Shown, at
from shared.ids import is_sandbox
from shared.web.auth import Caller

FRESH = timedelta(seconds=20)
"""How long names and programs are shown as they were read last; what somebody does themself shows at once."""
PLANNING = ("matching", "sessions", "evaluation", "notify")
"""The services that do something by themselves after a while."""
REMEMBERED = 2_000
"""People whose surroundings are remembered."""


class Card(Shown):
    """A person, as far as pages greet them."""

    name: str = ""
    locale: str = ""
    time_zone: str = "UTC"


class OrganizationShown(Shown):
    """An organization."""

    id: str
    name: str
    locale: str = "en"
    time_zone: str = "UTC"


class ProgramShown(Shown):
    """A program, as far as the navigation names it."""

    id: str
    title: str
    status: str


class Planned(Shown):
    """Something that a service does by itself."""

    due: datetime


class Plans(Shown):
    """The soonest of it."""

    items: Sequence[Planned] = ()


class ClockShown(Shown):
    """The clock of a sandbox, and when the next thing happens by itself."""

    now: datetime
    moving: bool = False
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What every page of a person shows around its own content."""

    read_at: datetime
    card: Card
    organization: OrganizationShown
    programs: Sequence[ProgramShown] = ()
    clock: ClockShown | None = None
    is_stale: bool = False


@dataclass(slots=True)
class Remembered:
    """What was around people's latest pages, in one process; whoever was seen longest ago goes first."""

    around: OrderedDict[str, Around] = field(default_factory=OrderedDict)
    names: dict[str, str] = field(default_factory=dict)
    """What organizations are called, by their ids."""

    def get(self, key: str) -> Around | None:
        """Return what was around somebody's latest page."""
        if key in self.around:
            self.around.move_to_end(key)
        return self.around.get(key)

    def put(self, key: str, around: Around) -> None:
        """Remember it."""
        self.around[key] = around
        self.names[around.organization.id] = around.organization.name
        self.around.move_to_end(key)
        while len(self.around) > REMEMBERED:
            self.around.popitem(last=False)

    def forget(self, key: str) -> None:
        """Read it anew for the next page."""
        if key in self.around:
            self.around[key] = replace(self.around[key], read_at=self.around[key].read_at - FRESH)


def remembered(request: Request) -> Remembered:
    """Return what this process remembers of people's surroundings."""
    state = request.app.state
    if not hasattr(state, "around"):
        state.around = Remembered()
    found: Remembered = state.around
    return found


def key_of(caller: Caller) -> str:
    """Return by what somebody's surroundings are remembered."""
    return f"{caller.tenant}/{caller.subject}"


async def surroundings(request: Request, api: Api, caller: Caller, now: datetime) -> Around:
    """What is around the page, as it was read a moment ago; older while intake does not answer."""
    if caller.kind == "operator":
        return Around(now, Card(name=caller.subject), OrganizationShown(id="", name="Ithaca"))
    memory, key = remembered(request), key_of(caller)
    known = memory.get(key)
    if known and known.read_at > now - FRESH:
        return known
    try:
        found = Around(
            now,
            await api.one(Card, "intake", f"/v1/people/{caller.subject}"),
            await api.one(OrganizationShown, "intake", f"/v1/organizations/{caller.tenant}"),
            (await api.page(ProgramShown, "intake", "/v1/programs", limit=100)).items,
            await _clock(api, caller) if is_sandbox(caller.tenant) else None,
        )
    except ServiceAway:
        if known is None:
            raise
        return replace(known, is_stale=True)
    memory.put(key, found)
    return found


async def _clock(api: Api, caller: Caller) -> ClockShown:
    """The clock of a sandbox; those who may move it see when the next thing happens."""
    clock = await api.one(ClockShown, "intake", at("/v1/organizations/{}/clock", caller.tenant))
    if "admin" not in caller.roles:
        return clock
    plans = [await api.one(Plans, service, "/v1/timers", limit=1) for service in PLANNING]
    due = [one.due for found in plans for one in found.items if one.due > clock.now]
    return clock.model_copy(update={"next_at": min(due, default=None)})
