"""The audit trail over HTTP: who runs an organization reads all of it, people what concerns themselves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Self

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from shared.clock import system_clock
from shared.engine.authoring.grants import ADMIN, OPERATOR, Subject
from shared.engine.deferred.chain_watch import pages, sealed_head
from shared.engine.deferred.chaining import HEADS, LINES, head_of, line_of, row_id
from shared.engine.ports.store import Document, Store, Where
from shared.trail.chain import Head, Verification
from shared.trail.line import At, Line
from shared.trail.seal import Sealed
from shared.web.admin.lists import CursorUnknown
from shared.web.auth import Caller
from shared.web.pages import After, Limit, Listing
from shared.web.routes import Routes
from shared.web.trail.drafts import DEPLOYMENT
from shared.web.trail.export import CSV, JSON_LINES, as_csv, as_json
from shared.web.trail.shown import NOBODY, SELECTED

trail = Routes()

READERS = OPERATOR, ADMIN
CHECKED_AT_ONCE = 5_000
"""Lines, which take about a second."""

Of = Annotated[
    str | None, Query(max_length=40, description="Of operators who act in none: whose; else the deployment's")
]
Person = Annotated[str | None, Query(max_length=200, description="Only lines about the data of this person")]
Actor = Annotated[str | None, Query(max_length=200, description="Only what they asked for, such as person/0190a3f2")]
Behind = Annotated[int, Query(ge=0, le=10**12 - 1, description="The number of the last line that you have; 0 for all")]


class TrailFormat(StrEnum):
    """How the trail is exported."""

    JSON_LINES = "jsonl"
    CSV = "csv"


class TrailLine(Line, frozen=True):
    """What somebody has done or seen."""


class TrailHead(Head, frozen=True):
    """Where a trail ends: kept elsewhere, it shows later that all before it is still as it was."""

    seal: Sealed = Field(description="Whether that end is as the service has left it")


class TrailVerification(Head, frozen=True):
    """What was found of some lines, and where the trail ends."""

    breaks: tuple[str, ...] = Field(description="What is not as it was written, a sentence each")
    lines: int = Field(description="How many lines were checked")
    next: int | None = Field(description="Behind which line to go on; null if that was all")

    @classmethod
    def of(cls, found: Verification, lines: int, next: int | None) -> Self:
        """Return what was found."""
        return cls(**found.head.model_dump(), breaks=tuple(found.breaks), lines=lines, next=next)


class OwnTrailLine(BaseModel):
    """Somebody has seen or changed data of the person who asks."""

    at: At
    actor: str = Field(description="Who it was")
    role: str = Field(description="As what they could")
    operation: str = Field(description="What they asked for, by its name in the documents")
    status: int = Field(description="What became of it, as HTTP says it")


@dataclass(slots=True, frozen=True)
class TrailReader:
    """One trail in the database of the service."""

    store: Store
    tenant: str

    async def page(self, where: Where, after: str | None, limit: int) -> tuple[list[Document], str | None]:
        """Return the latest lines before a number, and where to go on."""
        if after is not None and not (after.isdecimal() and len(after) <= 12):
            raise CursorUnknown
        cursor = None if after is None else row_id(self.tenant, int(after))
        wanted = {"tenant": self.tenant, **where}
        rows = await self.store.find(LINES, wanted, order="-_id", limit=limit + 1, after=cursor)
        return rows[:limit], str(rows[limit - 1]["number"]) if len(rows) > limit else None

    async def head(self) -> Head:
        """Return where it ends."""
        return head_of((await self.store.get(HEADS, [self.tenant])).get(self.tenant))

    async def begin_behind(self, verification: Verification, after: int) -> None:
        """Have lines checked from the one behind that number on, if it is there; otherwise from the first one."""
        if after < verification.next:
            return
        row = (await self.store.get(LINES, [row_id(self.tenant, after)])).get(row_id(self.tenant, after))
        if row is not None:
            verification.next, verification.before = after + 1, line_of(row).hash

    async def lines(self, after: int, head: Head) -> AsyncIterator[Line]:
        """Return the lines up to its head, in their order."""
        async for page in pages(self.store, self.tenant, after):
            for line in page:
                if line.number > head.number:
                    return
                yield line


async def trail_reader(request: Request, tenant: Of = None) -> TrailReader:
    """Return the trail of the organization of who asks; of operators, who may act in none, the one that they name."""
    caller: Caller = request.scope["caller"]
    return TrailReader(request.app.state.store, caller.tenant or tenant or DEPLOYMENT)


ThisTrail = Annotated[TrailReader, Depends(trail_reader)]


@trail.get("/audit", allow=READERS, shows=SELECTED)
async def list_trail(
    this: ThisTrail, person_id: Person = None, actor: Actor = None, after: After = None, limit: Limit = 100
) -> Listing[TrailLine]:
    """List what was done and seen in the organization by this service, the latest first."""
    of_person = {"people": {"$all": [person_id]}} if person_id else {}
    rows, next = await this.page(of_person | ({"actor": actor} if actor else {}), after, limit)
    return Listing(items=[TrailLine(**line_of(row).model_dump()) for row in rows], next=next)


@trail.get("/audit/head", allow=READERS, shows=NOBODY)
async def show_trail_head(this: ThisTrail, request: Request) -> TrailHead:
    """Show where the trail ends now, to be kept elsewhere, and whether that is as the service has left it."""
    head, seal = await sealed_head(this.store, this.tenant, request.app.state.seals)
    return TrailHead(**head.model_dump(), seal=seal)


@trail.get("/audit/verification", allow=READERS, shows=NOBODY)
async def verify_trail(this: ThisTrail, request: Request, after: Behind = 0) -> TrailVerification:
    """Check that the lines of the trail are those that were written, and its end, some thousands of lines at a time.

    What was checked up to a line is relied on: begin with 0, and go on with `next` until it is null.
    """
    head, seal = await sealed_head(this.store, this.tenant, request.app.state.seals)
    verification = Verification(head)
    await this.begin_behind(verification, after)
    lines = 0
    async for page in pages(this.store, this.tenant, verification.next - 1):
        verification.add(page)
        lines += sum(line.number <= head.number for line in page)
        if lines >= CHECKED_AT_ONCE and verification.next <= head.number:
            return TrailVerification.of(verification, lines, verification.next - 1)
    verification.end()
    verification.breaks += seal.breaks(head, system_clock())
    return TrailVerification.of(verification, lines, None)


CONTENT: dict[int | str, dict[str, Any]] = {  # part of a document
    200: {"content": {media: {"schema": {"type": "string"}} for media in (JSON_LINES, CSV)}}
}


@trail.get("/audit/export", allow=READERS, shows=SELECTED, response_class=StreamingResponse, responses=CONTENT)
async def export_trail(
    this: ThisTrail, format: TrailFormat = TrailFormat.JSON_LINES, after: Behind = 0
) -> StreamingResponse:
    """Export the trail from its beginning on, or behind a line, as JSON lines or for a spreadsheet."""
    lines = this.lines(after, await this.head())
    is_csv = format is TrailFormat.CSV
    name = {"Content-Disposition": f'attachment; filename="audit-{format}.{format}"', "Cache-Control": "no-store"}
    parts = as_csv(lines) if is_csv else as_json(lines)
    return StreamingResponse(parts, headers=name, media_type=CSV if is_csv else JSON_LINES)


@trail.get("/people/{person_id}/audit", allow=(Subject("person_id"),), shows=NOBODY)
async def list_own_trail(
    person_id: str, this: ThisTrail, after: After = None, limit: Limit = 100
) -> Listing[OwnTrailLine]:
    """List who has seen or changed data of the person who asks, in this service, the latest first."""
    rows, next = await this.page({"people": {"$all": [person_id]}}, after, limit)
    others = [line_of(row) for row in rows if row["actor"] != f"person/{person_id}"]
    return Listing(items=[OwnTrailLine(**line.model_dump()) for line in others], next=next)
