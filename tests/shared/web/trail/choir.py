"""A small service for the tests of the audit trail: singers, who are looked after by those who lead a choir."""

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.command import Command
from shared.engine.authoring.grants import ADMIN, OPERATOR, Manager, Scope, Subject, staff
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, require
from shared.engine.authoring.service import Service
from shared.errors import Refusal
from shared.web.access import found
from shared.web.auth import CurrentCaller
from shared.web.commands import SendCommand, respond
from shared.web.pages import Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import NOBODY, applicants, of_people, to_whoever


class Singer(Aggregate, name="singer"):
    """Somebody who sings in a choir."""

    program_id: str = ""
    person_id: str = ""
    songs: int = 0


class Hoarse(Refusal):
    """No more songs today."""


class Enroll(Command):
    """Let a person sing."""

    program_id: str
    person_id: str
    nickname: str = ""


class Sing(Command):
    """Have somebody sing."""

    singer_id: str


class Retire(Command):
    """Stop singing."""

    singer_id: str


class Seat(Command):
    """Give somebody a chair; only the choir itself does."""

    singer_id: str


commands, reads = Handlers(), Routes()

LOOKED_AFTER = staff("singer.program_id", "intake:write")
OWN = Subject("singer.person_id")


@commands.post("/programs/{program_id}/singers", status=201, allow=staff("program_id", "intake:write"))
def enroll(command: Enroll, singer: Annotated[Singer, create()]) -> None:
    """Enroll them."""
    singer.program_id, singer.person_id = command.program_id, command.person_id


@commands.post("/singers/{singer_id}/sing", allow=(OWN, *LOOKED_AFTER))
def sing(_: Sing, singer: Annotated[Singer, require("singer_id")]) -> None:
    """Sing, three times at most."""
    if singer.songs == 3:
        raise Hoarse("Three songs are enough: come again tomorrow.")
    singer.songs += 1


@commands.post("/singers/{singer_id}/retire", allow=(OWN,), on_record=True)
def retire(_: Retire, singer: Annotated[Singer, require("singer_id")]) -> None:
    """Sing no more."""
    singer.songs = 3


@commands.post("")
def seat(_: Seat, singer: Annotated[Singer, require("singer_id")]) -> None:
    """Seat them."""
    singer.songs += 0


class SingerView(BaseModel):
    """A singer as they are shown."""

    id: str
    person_id: str

    @classmethod
    def of(cls, singer: Singer) -> "SingerView":
        """How a singer is shown."""
        return cls(id=singer.id, person_id=singer.person_id)


class Score(BaseModel):
    """Who sings which part, by what they are enrolled as."""

    voices: list[list[str]]


@reads.get(
    "/singers/{singer_id}", allow=(OWN, *staff("singer.program_id", "intake:read")), shows=of_people("person_id")
)
async def show_singer(singer: Annotated[Singer, found(Singer, "singer_id")], response: Response) -> SingerView:
    """One singer."""
    return SingerView.of(singer)


@reads.get(
    "/programs/{program_id}/singers", allow=staff("program_id", "intake:read"), shows=of_people("items.person_id")
)
async def list_singers(program_id: str, reader: TenantReader) -> Listing[SingerView]:
    """All of a choir."""
    return listing(await reader.page(Singer, {"program_id": program_id}), SingerView.of)


@reads.get("/programs/{program_id}/score", allow=(ADMIN, Manager.of("program_id")), shows=applicants(Singer, "voices"))
async def show_score(program_id: str, reader: TenantReader) -> Score:
    """Who sings what."""
    page = await reader.page(Singer, {"program_id": program_id})
    return Score(voices=[[one.id] for one in page.items])


@reads.get("/people/{person_id}/neighbors", allow=(Subject("person_id"),), shows=to_whoever(of_people("person_id")))
async def list_neighbors(person_id: str) -> list[SingerView]:
    """Beside whom somebody stands."""
    return [SingerView(id="s", person_id="mia")]


@reads.get("/programs/{program_id}/figures", allow=staff("program_id", "intake:read"), shows=NOBODY)
async def show_figures(program_id: str) -> int:
    """How many they are."""
    return len(program_id)


@reads.get("/unsaid", allow=(OPERATOR, Scope("intake:read")))
async def show_unsaid() -> str:
    """Show what nobody has said anything about."""
    return "anything"


@reads.post("/singers/{singer_id}/seat", allow=(OPERATOR, ADMIN))
async def seat_singer(singer_id: str, caller: CurrentCaller, send: SendCommand) -> Response:
    """Seat them, by two commands that have no path of their own."""
    await send(Seat(singer_id=singer_id), caller)
    return respond(await send(Seat(singer_id="nobody" if singer_id == "half" else singer_id), caller))


choir = Service("choir", title="Choir", emits=[], handles=[commands], routers=[reads])
