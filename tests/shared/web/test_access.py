"""Who may ask for what: by grants that hold whatever is asked, and by those that hold for some things only."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import pytest

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.command import Command
from shared.engine.authoring.grants import (
    ADMIN,
    OWN,
    Manager,
    Members,
    Subject,
    overseers,
    staff,
)
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, require
from shared.engine.authoring.service import Service
from shared.web.access import GrantedBy, found
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from tests.shared.web.api import Api, running


class Bed(Aggregate, name="bed"):
    """What some people look after, in a garden."""

    garden_id: str = ""
    keepers: tuple[str, ...] = ()
    well_id: str = "dry"
    watered: int = 0


class Well(Aggregate, name="well"):
    """Where water comes from: nobody has dug one yet."""


class MakeBed(Command):
    """Make a bed."""

    garden_id: str
    bed_id: str
    keepers: tuple[str, ...] = ()


class WaterBed(Command):
    """Water a bed."""

    bed_id: str


class FloodBed(Command):
    """Water a bed from its well."""

    bed_id: str


class Flooding(Bundle):
    """A bed and its well."""

    bed: Annotated[Bed, require("bed_id")]
    well: Annotated[Well, require("bed.well_id")]


commands, queries = Handlers(), Routes()

KEEPERS = Members("bed.keepers"), *staff("bed.garden_id", "intake:write")


@commands.post("/gardens/{garden_id}/beds", allow=staff("garden_id", "intake:write"))
def make_bed(command: MakeBed, bed: Annotated[Bed, create("bed_id")]) -> None:
    """Make a bed."""
    bed.garden_id, bed.keepers = command.garden_id, command.keepers


@commands.post("/beds/{bed_id}/water", allow=KEEPERS)
def water_bed(_: WaterBed, bed: Annotated[Bed, require("bed_id")]) -> None:
    """Water it."""
    bed.watered += 1


@commands.post("/beds/{bed_id}/flood", allow=KEEPERS)
def flood_bed(_: FloodBed, flooding: Flooding) -> None:
    """Flood it."""
    flooding.bed.watered += 100


@queries.get("/beds/{bed_id}", allow=(Members("bed.keepers"), *overseers("bed.garden_id", "intake:read")))
async def show_bed(bed: Annotated[Bed, found(Bed, "bed_id")], granted: GrantedBy) -> str:
    """Show a bed, and for whom."""
    return f"{bed.id} for {granted.role}"


@queries.get("/beds", allow=(Manager.of("garden_id"), OWN))
async def list_beds(reader: TenantReader, granted: GrantedBy, garden_id: str | None = None) -> str:
    """List beds of a garden, or one's own."""
    return "own" if granted.is_own else f"all of {garden_id}"


@queries.get("/people/{person_id}/beds", allow=(Subject("person_id"), ADMIN))
async def list_own_beds(person_id: str) -> str:
    """List the beds of a person."""
    return person_id


@queries.get("/plans", allow=(Manager.of("garden_id"), ADMIN))
async def list_plans(garden_id: str | None = None) -> str:
    """List what is planned in a garden."""
    return f"{garden_id}"


service = Service("garden", title="Garden", emits=[], handles=[commands], routers=[queries])


@pytest.fixture
def api() -> Iterator[Api]:
    """There is a bed in the garden `north`, which ada and ben keep."""
    with running(service) as api:
        api.token = api.issuer.token(kind="client", sub="hr")
        assert api.post("/v1/gardens/north/beds", {"bed_id": "first", "keepers": ["ada", "ben"]}).status_code == 200
        yield api


NAMED = {"X-Request-Id": "seen"}
"""So that two answers differ in nothing but what they say."""


def as_person(api: Api, id: str, *roles: str, tenant: str = "acme") -> None:
    api.token = api.issuer.token(sub=id, roles=list(roles), tenant=tenant)


SEEN = [
    ("ada", (), "member"),
    ("eve", (), None),
    ("eve", ("admin",), "admin"),
    ("ada", ("admin",), "member"),
    ("eve", ("manager:north",), "manager"),
    ("eve", ("manager:south", "manager:north"), "manager"),
    ("eve", ("manager:south",), None),
    ("eve", ("lead:north",), "lead"),
    ("eve", ("reviewer:north",), None),
    ("eve", ("manager:nort", "manager:north-east", "admins", "manager"), None),
]


@pytest.mark.parametrize(("id", "roles", "role"), SEEN)
def test_what_somebody_may_not_see_is_answered_as_if_it_did_not_exist(
    api: Api, id: str, roles: Sequence[str], role: str | None
) -> None:
    as_person(api, id, *roles)
    answer = api.get("/v1/beds/first", headers=NAMED)
    if role is not None:
        assert (answer.status_code, answer.json()) == (200, f"first for {role}")
        return
    missing = api.get("/v1/beds/fifth", headers=NAMED)
    assert (answer.status_code, missing.status_code) == (404, 404)
    assert answer.text == missing.text.replace("fifth", "first")
    assert answer.headers == missing.headers


@pytest.mark.parametrize(("id", "roles", "role"), SEEN)
def test_a_command_is_refused_before_anything_else_is_looked_at(
    api: Api, id: str, roles: Sequence[str], role: str | None
) -> None:
    as_person(api, id, *roles)
    stale = {"If-Match": '"7"', **NAMED}
    watered, flooded = api.post("/v1/beds/first/water", headers=stale), api.post("/v1/beds/first/flood", headers=stale)
    if role not in (None, "lead"):
        assert (watered.status_code, flooded.json()["detail"]) == (412, "There is no well dry.")
        return
    for answer, what in [(watered, "water"), (flooded, "flood")]:
        missing = api.post(f"/v1/beds/fifth/{what}", headers=stale)
        assert (answer.status_code, answer.text) == (404, missing.text.replace("fifth", "first"))


def test_what_is_refused_changes_nothing_and_what_is_granted_does(api: Api) -> None:
    for id, roles, status in [("eve", ["manager:south"], 404), ("ben", [], 200), ("eve", ["manager:north"], 200)]:
        as_person(api, id, *roles)
        answer = api.post("/v1/beds/first/water")
        assert answer.status_code == status
    assert answer.json()["version"] == 3


def test_somebody_for_whom_an_operation_never_is_learns_for_whom_it_is(api: Api) -> None:
    for path in ("north", "south"):
        as_person(api, "ada", "reviewer:north")
        answer = api.post(f"/v1/gardens/{path}/beds", {"bed_id": "second"})
        assert answer.status_code == 403
        assert "operator, admin, manager of the program, client with the scope intake:write" in answer.json()["detail"]


def test_a_manager_is_told_of_another_program_what_they_are_told_of_none(api: Api) -> None:
    as_person(api, "eve", "manager:north")
    assert api.post("/v1/gardens/north/beds", {"bed_id": "second"}).status_code == 200
    answer = api.post("/v1/gardens/south/beds", {"bed_id": "third"})
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no garden south.")


def test_a_scope_opens_what_names_it_and_nothing_else(api: Api) -> None:
    for scope, read, written in [
        ("intake:read", 200, 403),
        ("intake:write", 403, 200),
        ("matching:read matching:write", 403, 403),
        (None, 403, 403),
    ]:
        api.token = api.issuer.token(kind="client", scope=scope)
        assert api.get("/v1/beds/first").status_code == read
        assert api.post("/v1/beds/first/water").status_code == written


def test_an_organization_knows_nothing_of_another_one(api: Api) -> None:
    as_person(api, "ada", "admin", "manager:north", tenant="beta")
    assert api.get("/v1/beds/first").status_code == 404
    assert api.post("/v1/beds/first/water").status_code == 404


def test_a_list_shows_a_manager_their_program_and_everybody_their_own(api: Api) -> None:
    as_person(api, "eve", "manager:north")
    for query, shown in [
        ("?garden_id=north", "all of north"),
        ("?garden_id=south", "own"),
        ("", "own"),
        ("?garden_id=north&garden_id=south", "own"),
        ("?garden_id=south&garden_id=north", "all of north"),
    ]:
        assert api.get(f"/v1/beds{query}").json() == shown
    assert "say for which one" in api.get("/v1/plans").json()["detail"]
    assert api.get("/v1/plans").status_code == 403


def test_people_see_what_is_theirs_and_of_others_not_even_whether_they_exist(api: Api) -> None:
    as_person(api, "ada")
    assert api.get("/v1/people/ada/beds").status_code == 200
    other = api.get("/v1/people/ben/beds")
    assert (other.status_code, other.json()["detail"]) == (404, "There is no person ben.")


def test_forty_roles_are_as_good_as_one(api: Api) -> None:
    as_person(api, "eve", *[f"manager:{number}" for number in range(39)], "manager:north")
    assert api.get("/v1/beds/first").status_code == 200
