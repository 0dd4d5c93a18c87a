"""What there is in an organization to ask about: one of everything, of whom and of which program it should be."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from services.intake.people.model import Applied, Person
from services.matching.proposals.model.fit import Fit
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.runs.model.run_index import RunIndex
from services.matching.runs.model.run_result import RunPair, RunPairs, slice_id
from services.notify.messages.model.draft import Draft
from shared.contracts.intake import Role
from shared.contracts.members import pair
from shared.engine.authoring.aggregate import Aggregate, ReadModel
from shared.engine.authoring.held_roles import HeldRoles
from shared.engine.authoring.service import Service
from shared.engine.batch.tracked import TrackedAggregate
from shared.engine.ports.store import Write
from shared.ids import ApplicationId, PersonId
from tests.shared.observe.canaries import command

TENANT = "acme"
THEN = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
"""When all of it happened."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about: things of one id, of a program, and of a person."""

    thing: str
    program: str
    person: str
    organization: str = TENANT

    def fill(self, name: str) -> str:
        """What a parameter or a field of this name says."""
        named = {"program_id": self.program, "person_id": self.person, "owner_id": self.person}
        named["client_id"] = f"{self.organization}.{self.thing}"
        return named.get(name, self.organization if name in ("organization_id", "slug") else self.thing)

    def renamed(self, text: str, other: "Target") -> str:
        """A text about this, as it were about another."""
        for mine, its in zip(self._names, other._names, strict=True):
            text = text.replace(mine, its)
        return text

    @property
    def _names(self) -> tuple[str, str, str, str]:
        return self.thing, self.program, self.person, self.organization


OWN = Target("own-thing", "north", "ada")
OTHER_PROGRAM = Target("south-thing", "south", "ada")
OTHER_PERSON = Target("bens-thing", "north", "ben")
OUTSIDER = Target("cleos-thing", "south", "cleo")
NOWHERE = Target("no-thing", "no-program", "nobody", "no-organization")

PROGRAMS = {"ada": ("north", "south"), "ben": ("north",), "cleo": ("south",)}
"""To which programs people have applied."""


MANY = tuple(f"manager:program-{number:03}" for number in range(200))
"""Roles for which no token has room."""


def roles_of(person_id: str, *roles: str, tenant: str = TENANT) -> Write:
    """The roles of somebody, as a service keeps them."""
    return written(HeldRoles(id=person_id, roles=(*MANY, *roles), change=len(MANY) + len(roles)), tenant)


def rows(service: Service) -> list[Write]:
    """One of every kind of aggregate of a service, for each target that there is in the organization."""
    made = dict[tuple[str, str], Write]()
    kinds = [kind for kind in service.aggregates if not issubclass(kind, ReadModel)]
    for target in (OWN, OTHER_PROGRAM, OTHER_PERSON, OUTSIDER):
        for kind in kinds:
            for id in (target.thing, target.program, target.person, TENANT, slice_id(target.thing, 0)):
                made.setdefault((kind.collection, id), _row(kind, id, target))
    return list(made.values())


def _row(kind: type[Aggregate], id: str, target: Target) -> Write:
    return written(kind.model_validate({"id": id} | _fields(kind, target)), TENANT)


def written(one: Aggregate, tenant: str) -> Write:
    """An aggregate as it is stored in an organization."""
    tracked = TrackedAggregate((one.collection, f"{tenant}/{one.id}"), type(one), None, one)
    changed = tracked.change(forced=True)
    assert changed is not None
    tracked.encoded, tracked.version = changed[2], 1
    write = tracked.write()
    assert write is not None
    return write


def _planted(kind: type[BaseModel], target: Target) -> dict[str, Any]:
    """An address by which it is known where it gets to, and what makes a card be found."""
    planted: dict[str, Any] = {"email": f"{target.person}@planted.example.org"} if "email" in kind.model_fields else {}
    if kind in (RunIndex, RunPairs):
        thing = ApplicationId(target.thing)
        matched = RunPair(mentor_application_id=thing, mentee_application_id=thing, fit=Fit())
        return {"pairs": [matched]} if kind is RunPairs else RunIndex.of([matched]).model_dump(exclude={"id"})
    if kind is Draft:
        return {"template": "application_approved"}
    if kind is not Person:
        return planted
    programs = PROGRAMS[target.person]
    applied = [Applied(program_id=one, role=Role.MENTOR, application_id=one) for one in programs]
    keys = ("everybody", "role:mentor", *(f"program:{one}/mentor" for one in programs))
    return {**planted, "applications": tuple(applied), "keys": keys}


def _fields(kind: type[BaseModel], target: Target) -> dict[str, Any]:
    """The fields by which it belongs to somebody and to a program, those of what it holds too."""
    fields = _planted(kind, target)
    for name, field in kind.model_fields.items():
        if name in ("program_id", "person_id", "relationship_id") or (name == "pinned" and kind is MenteeRequests):
            fields[name] = target.fill(name)
        elif name in ("mentor_application_id", "mentee_application_id"):
            fields[name] = target.thing
        elif name in ("mentor_id", "mentee_id"):
            fields[name] = target.person if name == "mentor_id" else "mia"
        elif name == "members":
            fields[name] = pair(PersonId(target.person), PersonId("mia"))
        elif field.annotation == datetime | None:
            fields[name] = THEN
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel) and field.default:
            held = _fields(field.annotation, target)
            fields |= {name: field.default.model_copy(update=held)} if held else {}
    return fields


def body(takes: type[BaseModel], path: str, target: Target) -> dict[str, Any]:
    """A command about the target, without what its path says."""
    made = command(takes, target.organization)
    for name, value in made.items():
        if name.endswith("_id") or name == "slug":
            made[name] = target.fill(name)
        elif name.endswith("_ids") and isinstance(value, list):
            made[name] = [target.thing]
    return {name: value for name, value in made.items() if f"{{{name}}}" not in path}


def address(path: str, target: Target) -> str:
    """A path about the target."""
    return re.sub(r"{(\w+)}", lambda found: target.fill(found[1]), path)
