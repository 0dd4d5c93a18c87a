"""A small service for the tests of the edge: plots of a garden, which are laid out and watered."""

import asyncio
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from fastapi import Path, Request, Response
from pydantic import BaseModel, Field

from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import OPERATOR, PERSON, Scope
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, require
from shared.engine.authoring.service import Service
from shared.errors import Refusal
from shared.web.auth import CurrentCaller
from shared.web.commands import SendCommand, respond
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import NOBODY
from shared.web.versions import versioned

PLOT = r"^[a-z0-9-]{1,40}$"


class PlotFlooded(Refusal):
    """There is more water than the plot takes."""


class PlotWatered(Event, aggregate="plot", subject="plot_id", service="garden"):
    """Somebody has watered a plot."""

    plot_id: str
    liters: int


class Plot(Aggregate, name="plot"):
    """A bed in the garden."""

    soil: str = ""
    liters: int = 0
    notes: dict[str, Any] = {}

    def water(self, liters: int) -> list[Event]:
        """Add water, up to 100 liters in all."""
        if self.liters + liters > 100:
            raise PlotFlooded("The plot takes 100 liters: water it less.", left=100 - self.liters)
        self.liters += liters
        return [PlotWatered(plot_id=self.id, liters=liters)]


class Soil(StrEnum):
    """What a plot is made of."""

    CLAY = "clay"
    SAND = "sand"


class LayOutPlot(BaseModel, extra="forbid"):
    """Lay out a plot.

    It is empty at first.
    """

    soil: Soil = Field(Soil.CLAY, description="What it is made of")


class WaterPlot(BaseModel, extra="forbid"):
    """Water a plot."""

    plot_id: str = Field(description="Which one", pattern=PLOT)
    liters: int = Field(ge=1, le=1000, description="How much", examples=[10])
    tools: list[str] = Field(default=[], max_length=3)


class EmptyPlot(BaseModel, extra="forbid"):
    """Let all water out."""

    plot_id: str


class NotePlot(BaseModel, extra="forbid"):
    """Write down whatever there is to say of a plot."""

    plot_id: str
    text: str = ""
    number: int = 0
    share: float = 0
    facts: dict[str, Any] = {}


class FoundGarden(BaseModel, extra="forbid"):
    """Begin a garden for a tenant."""

    tenant_field: ClassVar = "garden"
    garden: str


class BreakRake(BaseModel, extra="forbid"):
    """Fail in a way that nobody foresaw."""


class SeedPlot(BaseModel, extra="forbid"):
    """Sow what only the garden itself may sow."""

    plot_id: str


class Emptied(BaseModel):
    """What was let out."""

    liters: int


commands = Handlers()

CLIENT = Scope("intake:write")
EVERYBODY = OPERATOR, PERSON, CLIENT


@commands.post("/plots", status=201, allow=EVERYBODY)
def lay_out_plot(command: LayOutPlot, plot: Annotated[Plot, create()]) -> None:
    """Make it known."""
    plot.soil = command.soil


@commands.post("/plots/{plot_id}/water", allow=EVERYBODY)
def water_plot(command: WaterPlot, plot: Annotated[Plot, create("plot_id")], ctx: Context) -> None:
    """Add water."""
    ctx.emit(*plot.water(command.liters))


@commands.post("/plots/{plot_id}/empty", allow=(OPERATOR, CLIENT))
def empty_plot(_: EmptyPlot, plot: Annotated[Plot, require("plot_id")]) -> Emptied:
    """Take the water away."""
    liters, plot.liters = plot.liters, 0
    return Emptied(liters=liters)


@commands.post("/plots/{plot_id}/notes", allow=EVERYBODY)
def note_plot(command: NotePlot, plot: Annotated[Plot, create("plot_id")]) -> None:
    """Keep it."""
    plot.notes = command.model_dump()


@commands.post("/gardens", status=201, allow=(OPERATOR,))
def found_garden(_: FoundGarden, plot: Annotated[Plot, create("garden")]) -> None:
    """Lay out the first plot."""
    plot.liters = 1


@commands.post("/rakes", allow=EVERYBODY)
def break_rake(_: BreakRake) -> None:
    """Fail."""
    raise RuntimeError("the secret name of the rake is Ada")


@commands.post("", status=201)
def seed_plot(_: SeedPlot, plot: Annotated[Plot, create("plot_id")]) -> None:
    """Sow."""
    plot.liters = 2


reads = Routes(allow=EVERYBODY, shows=NOBODY)


class PlotView(BaseModel):
    """A plot as it is shown."""

    id: str
    liters: int

    @classmethod
    def of(cls, plot: Plot) -> "PlotView":
        """How a plot is shown."""
        return cls(id=plot.id, liters=plot.liters)


@reads.get("/plots/{plot_id}")
async def plot(plot_id: str, reader: TenantReader, response: Response) -> PlotView:
    """One plot."""
    return PlotView.of(versioned(response, await reader.get(Plot, plot_id)))


@reads.get("/plots")
async def plots(reader: TenantReader, after: After = None, limit: Limit = 100) -> Listing[PlotView]:
    """All plots."""
    return listing(await reader.page(Plot, {}, after, limit), PlotView.of)


@reads.get("/whoami")
async def whoami(caller: CurrentCaller) -> dict[str, str | None]:
    """Who asks."""
    return {"tenant": caller.tenant, "actor": caller.actor, "person_id": caller.person_id}


@reads.post("/plots/{plot_id}/seed", allow=(OPERATOR,), status_code=201)
async def seed(plot_id: str, caller: CurrentCaller, send: SendCommand) -> Response:
    """Sow, by a command that has no path of its own."""
    return respond(await send(SeedPlot(plot_id=plot_id), caller))


@reads.post("/plots/{plot_id}/sprinkle")
async def sprinkle(plot_id: Annotated[str, Path(pattern=PLOT)], caller: CurrentCaller, send: SendCommand) -> Response:
    """Water a little, by a command that the route makes up."""
    return respond(await send(WaterPlot(plot_id=plot_id, liters=1), caller))


class Label(BaseModel, extra="forbid"):
    """What is on a sign in a plot."""

    text: str = ""
    number: int = 0
    share: float = 0
    facts: dict[str, Any] = {}


@reads.post("/labels")
async def label(shown: Label, caller: CurrentCaller) -> Label:
    """Show what would be on it."""
    return shown


@reads.post("/photos", max_body_size=3_000_000)
async def photo(request: Request) -> int:
    """Take a photo that is larger than other bodies."""
    return len(await request.body())


@reads.get("/thorns")
async def thorn() -> None:
    """Fail in a read."""
    await asyncio.sleep(0)
    raise RuntimeError("the secret name of the rose is Ada")


garden = Service("garden", title="Garden", emits=[PlotWatered], handles=[commands], routers=[reads])
