"""The people of the tour: a real community's mentors as they described themselves, and mentees like theirs."""

import asyncio
import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from deploy.tour.api import Caller, Read, Services

SAMPLE = Path(__file__).parent / "sample" / "tech-community"

Role = Literal["mentor", "mentee"]


@dataclass(slots=True, frozen=True)
class Participant:
    """Somebody who takes part, with the application that was approved."""

    name: str
    person_id: str
    application_id: str


class Link(Read):
    """A one-time link."""

    link: str


@dataclass(slots=True, frozen=True)
class Staff:
    """Who acts in an organization: a client for those who run programs, and the operator, who can let people in there.

    That an operator can is so in a sandbox only.
    """

    organization_id: str
    operator: Caller
    client: Caller


class Community:
    """Who takes part in a program, with the names of people by their ids. `client` acts for those who run it."""

    def __init__(self, services: Services, staff: Staff, program_id: str) -> None:
        self.services, self.operator, self.client = services, staff.operator, staff.client
        self.organization_id, self.program_id = staff.organization_id, program_id
        self.names = dict[str, str]()
        self.applications = set[str]()
        self._signed_in = dict[str, Caller]()

    def add(self, participants: Iterable[Participant]) -> None:
        """More people take part."""
        for one in participants:
            self.names[one.person_id] = one.name
            self.applications.add(one.application_id)

    async def person(self, person_id: str) -> Caller:
        """The person, signed in by a one-time link at the first time."""
        if person_id not in self._signed_in:
            self._signed_in[person_id] = await self.services.sign_in(partial(self._new_link, person_id))
        return self._signed_in[person_id]

    async def _new_link(self, person_id: str) -> str:
        body = {"person_id": person_id}
        return (await self.operator.post_for("intake", "/sign-in-links", Link, json=body)).link

    async def sign_in(self, person_ids: Iterable[str]) -> None:
        """Have these people signed in, all at once."""
        await asyncio.gather(*(self.person(id) for id in dict.fromkeys(person_ids)))


def sample(role: Role) -> bytes:
    """The file of the sample's mentors or mentees."""
    return (SAMPLE / f"{role}s.csv").read_bytes()


def names_by_line(content: bytes) -> dict[int, str]:
    """Who is on which line of a file."""
    names = dict[int, str]()
    rows = csv.DictReader(content.decode().splitlines())
    for row in rows:
        names[rows.line_num] = row["name"]
    return names
