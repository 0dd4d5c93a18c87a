"""The figures of a program, and the events behind them, for those who run it."""

from bisect import bisect_right
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, Field

from services.evaluation.figures.kpis import FEWEST, KPIS, Facts, Figure, KpiName
from services.evaluation.figures.model import (
    ApplicationFact,
    FeedbackFact,
    InvitationFact,
    Mark,
    MatchFact,
    SessionFact,
)
from shared.engine.authoring.grants import staff
from shared.errors import Refusal
from shared.web.now import Now
from shared.web.pages import After, Limit, Listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import NOBODY

queries = Routes()


class KpiView(BaseModel):
    """A figure: `value` is null where there is none yet, or where it would tell what single people have answered.

    `text` says which. `events` is where those behind it are; null where each of them is a person's answer, or they
    are of too few people.
    """

    name: KpiName
    title: str
    formula: str
    unit: str
    value: float | None
    text: str
    numerator: int | None
    denominator: int
    interval: tuple[float, float] | None = Field(
        description="Holds the true value of a share in 95 of 100 cases (Wilson); in percent, null for what is none"
    )
    events: str | None


class AnswersConfidential(Refusal):
    """What people answer is shown in sums only."""

    status = 403


class TooFewPeople(Refusal):
    """What single people have done is not shown; `fewest` says how many there have to be."""

    status = 403


class KpisView(BaseModel):
    """The figures of a program at a moment."""

    program_id: str
    as_of: datetime
    items: list[KpiView]


async def facts_of(program_id: str, reader: TenantReader, now: Now) -> Facts:
    """Read all that the program's figures count."""
    where = {"program_id": program_id}
    return Facts(
        at=now,
        applications=await reader.every(ApplicationFact, where),
        matches=await reader.every(MatchFact, where),
        sessions=await reader.every(SessionFact, where),
        invitations=await reader.every(InvitationFact, where),
        feedback=await reader.every(FeedbackFact, where),
    )


FactsOfProgram = Annotated[Facts, Depends(facts_of)]


@queries.get("/programs/{program_id}/kpis", allow=staff("program_id", "evaluation:read"), shows=NOBODY)
async def show_kpis(program_id: str, facts: FactsOfProgram, request: Request) -> KpisView:
    """Show the figures of a program, each with its formula and the way to its events."""
    items = [view(name, KPIS[name].measure(facts), events=_path(request, program_id, name)) for name in KpiName]
    return KpisView(program_id=program_id, as_of=facts.at, items=items)


@queries.get("/programs/{program_id}/kpis/{kpi}/events", allow=staff("program_id", "evaluation:read"), shows=NOBODY)
async def list_kpi_events(
    kpi: KpiName, facts: FactsOfProgram, after: After = None, limit: Limit = 100
) -> Listing[Mark]:
    """List the events behind a figure, in order of their ids.

    What people answered is not listed one by one, nor is anything of fewer than five.
    """
    if KPIS[kpi].confidential:
        raise AnswersConfidential("What people answer is shown in sums only: ask for the figure itself.")
    figure = KPIS[kpi].measure(facts)
    if figure.is_of_few:
        raise TooFewPeople(
            f"Fewer than {FEWEST} are behind this figure, so its events would tell of single ones: "
            "ask for the figure itself, or wait until there are more.",
            fewest=FEWEST,
        )
    marks = figure.marks
    start = bisect_right(marks, after, key=lambda mark: mark.event_id) if after else 0
    items = list(marks[start : start + limit])
    return Listing(items=items, next=items[-1].event_id if start + limit < len(marks) else None)


def view(name: KpiName, figure: Figure, events: str) -> KpiView:
    """A figure as it is shown."""
    kpi = KPIS[name]
    return KpiView(
        name=name,
        title=kpi.title,
        formula=kpi.formula,
        unit=kpi.unit,
        value=figure.value,
        text=kpi.text(figure),
        numerator=figure.numerator,
        denominator=figure.denominator,
        interval=figure.interval,
        events=None if kpi.confidential or figure.is_of_few else events,
    )


def _path(request: Request, program_id: str, name: KpiName) -> str:
    return str(request.app.url_path_for("list_kpi_events", program_id=program_id, kpi=name.value))
