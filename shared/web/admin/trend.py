"""How a service was in the last hour, minute by minute."""

from datetime import UTC, datetime

from pydantic import BaseModel, Field

from shared.engine.authoring.grants import OPERATOR
from shared.engine.process.behind import MINUTE, last_hour
from shared.web.admin.access import CurrentOperator
from shared.web.admin.lists import Moment
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY

routes = Routes(allow=(OPERATOR,), shows=NOBODY)


class MinuteView(BaseModel):
    """The worst of a minute."""

    at: Moment
    behind_seconds: float = Field(description="How long the oldest record that was not handled had waited")
    waiting: int = Field(description="Records that waited on the topics")
    outbox_seconds: float = Field(description="How long the oldest event had waited that was not published")
    dead_letters: int


class TrendView(BaseModel):
    """The minutes of the last hour in which a process ran, the earliest first, without the one that goes on."""

    items: list[MinuteView]


@routes.get("/trend")
async def show_trend(operator: CurrentOperator) -> TrendView:
    """Show how far behind the service was in the last hour."""
    rows = await last_hour(operator.engine.store, operator.engine.executor.clock())
    return TrendView(items=[MinuteView(at=datetime.fromtimestamp(row["_id"] * MINUTE, UTC), **row) for row in rows])
