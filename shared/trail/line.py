"""A line of the audit trail, and its hash, which rests on the line before it."""

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, PlainSerializer, WithJsonSchema

from shared.clock import rfc3339

At = Annotated[
    datetime,
    PlainSerializer(rfc3339, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2027-03-02T17:00:00.000Z"]}),
]

START = ""
"""What the first line of a chain rests on."""


class Entry(BaseModel, frozen=True, extra="allow"):
    """What a line says. There is no content in it, and no name or address of anybody: people are ids.

    What a later version says beside it is part of it: it is hashed as it is written.
    """

    id: str = Field(description="Of the command, as its events name their cause; of a read, its own")
    at: At = Field(description="When it was asked")
    actor: str = Field(description="Who: person/<id>, client/<id> or operator/<id>")
    role: str = Field(description="As what: the role by which they might ask, or would have to")
    operation: str = Field(description="What they asked for, by its name in the documents")
    about: dict[str, str] = Field(description="On what: the ids that the request named, and what it made or changed")
    people: tuple[str, ...] = Field(description="Whose data it returned or changed; at most a thousand")
    count: int = Field(description="How many people that were")
    network: str = Field(description="From where: the first 24 bits of an IPv4 address, 48 of an IPv6 one")
    status: int = Field(description="What became of it, as HTTP says it")


class Line(Entry, frozen=True):
    """An entry in its place: the lines of an organization and a service are numbered from 1 on, without a gap."""

    service: str
    tenant: str = Field(description="Whose trail it is on; - for the deployment's own")
    number: int
    hash: str = Field(description="SHA-256 of the hash of the line before and of all else that this one says")

    def hash_behind(self, before: str) -> str:
        """Return the hash that the line must have behind one with that hash."""
        return chained(before, self.model_dump(mode="json", exclude={"hash"}, exclude_unset=True))


def chained(before: str, said: dict[str, Any]) -> str:
    """Return the hash of what a line says, behind the line with the hash `before`.

    What is hashed is that hash, a line feed, and the line as JSON: names sorted, nothing between tokens, ASCII only.
    """
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()
