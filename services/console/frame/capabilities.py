"""What a capability brings to the frame: its pages, its lines of the navigation, and what of it waits for somebody.

A page adds itself here and touches no other page: navigation and Today show what capabilities register.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from shared.engine.authoring.links import Purpose
from shared.web.auth import Caller

if TYPE_CHECKING:
    from services.console.frame.link_page import LinkPage
    from services.console.frame.page import Page


class Place(IntEnum):
    """A part of the navigation, from top to bottom."""

    FIRST = 1
    PROGRAM = 2
    ORGANIZATION = 3
    CELL = 4
    LAST = 5


class Urgency(IntEnum):
    """How soon something wants to be looked at."""

    NOW = 1
    SOON = 2
    WHENEVER = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation. `{program_id}` in `href` is the program that is looked at."""

    place: Place
    title: str
    href: str
    icon: str
    concerns: Callable[[Caller, str], bool]
    """Whether somebody sees it, in a program (whose id is empty outside of programs)."""
    counts: str = ""
    """The place whose number it shows (see `live.signals`): `{program_id}` and `{person_id}` are whose it is."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for whoever looks: what it is, why it matters, and the one button that leads on."""

    urgency: Urgency
    headline: str
    status: str
    href: str
    button: str
    words: str = ""
    since: datetime | None = None
    count: int = 1


Waits = Callable[["Page"], Awaitable[Sequence[Waiting]]]


@dataclass(frozen=True, slots=True)
class ByLink:
    """What the links of mails show and do that have one purpose. Looking changes nothing: mail scanners look, too."""

    show: Callable[["LinkPage"], Awaitable[Response]]
    act: Callable[["LinkPage", FormData], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Capability:
    """A folder of pages."""

    routes: APIRouter
    entries: Sequence[Entry] = ()
    waits: Waits | None = None
    by_link: Mapping[Purpose, ByLink] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """All capabilities, in the order in which the navigation shows them."""

    capabilities: Sequence[Capability] = field(default=())

    def entries(self, caller: Caller, program_id: str) -> list[Entry]:
        """Return the lines of the navigation that somebody sees."""
        every = (entry for capability in self.capabilities for entry in capability.entries)
        return [entry for entry in every if entry.concerns(caller, program_id)]

    def opened_by(self, purpose: str) -> ByLink:
        """Return what links with that purpose show and do."""
        return next(one.by_link[Purpose(purpose)] for one in self.capabilities if Purpose(purpose) in one.by_link)

    @property
    def waits(self) -> list[Waits]:
        """What to ask for what waits."""
        return [capability.waits for capability in self.capabilities if capability.waits]


def everybody(caller: Caller, _: str) -> bool:
    """Return whether somebody is of the organization: everybody of it sees it."""
    return caller.kind == "person"


def operators(caller: Caller, _: str) -> bool:
    """Return whether somebody runs the deployment."""
    return caller.kind == "operator"


def home(caller: Caller) -> str:
    """Return where somebody begins."""
    return "/operator" if operators(caller, "") else "/today"


def admins(caller: Caller, _: str) -> bool:
    """Return whether somebody runs the organization."""
    return "admin" in caller.roles


def managers(caller: Caller, program_id: str) -> bool:
    """Return whether somebody runs the program that is looked at."""
    return bool(program_id) and ("admin" in caller.roles or f"manager:{program_id}" in caller.roles)
