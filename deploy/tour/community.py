"""The people of the tour: a real community's mentors as they described themselves, and mentees like theirs."""

import asyncio
import csv
from collections.abc import Iterable
from dataclasses import dataclass
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


class Community:
    """Who takes part in a program, with the names of people by their ids. `client` acts for those who run it."""

    def __init__(self, services: Services, client: Caller, organization_id: str, program_id: str) -> None:
        self.services, self.client = services, client
        self.organization_id, self.program_id = organization_id, program_id
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
            link = await self.client.post_for("intake", "/sign-in-links", Link, json={"person_id": person_id})
            self._signed_in[person_id] = await self.services.sign_in(link.link)
        return self._signed_in[person_id]

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
