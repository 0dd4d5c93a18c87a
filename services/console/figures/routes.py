"""The pages of a program's figures, and of the events behind each of them."""

from functools import partial
from http import HTTPStatus

from starlette.responses import Response

from services.console.api import Rows, ServiceProblem, at
from services.console.figures.figure_words import say_base, say_event, say_formula, say_headline, say_title, say_value
from services.console.figures.views import Kpis, Mark
from services.console.frame.capabilities import Capability, Entry, Place, managers
from services.console.frame.page import CurrentPage
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import ADMIN, Manager
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN, Manager.of("program_id")))

ROWS = 100


@routes.get("/programs/{program_id}/figures")
async def show_figures(program_id: str, page: CurrentPage) -> Response:
    """Show the figures of a program, with what they are of and where the true value lies."""
    kpis = await page.api.one(Kpis, "evaluation", at("/v1/programs/{}/kpis", program_id))
    told = [kpi for kpi in kpis.items if kpi.value is not None]
    title = page.say(msgid("%(told)s of %(all)s figures can be told yet"), told=len(told), all=len(kpis.items))
    return page.html(
        "figures/figures.html",
        title,
        program_id=program_id,
        kpis=kpis,
        here=at("/programs/{}/figures", program_id),
        say_title=partial(say_title, page),
        say_formula=partial(say_formula, page),
        say_value=partial(say_value, page),
        say_base=partial(say_base, page),
    )


@routes.get("/programs/{program_id}/figures/{kpi}")
async def show_events(program_id: str, kpi: str, page: CurrentPage, after: str | None = None) -> Response:
    """Show the events behind a figure, unless these would tell of single people."""
    path = at("/v1/programs/{}/kpis", program_id)
    marks, is_hidden = Rows[Mark](items=[]), False
    try:
        marks = await page.api.page(Mark, "evaluation", path + at("/{}/events", kpi), after=after, limit=ROWS)
    except ServiceProblem as problem:
        if problem.status_code != HTTPStatus.FORBIDDEN:
            raise
        is_hidden = True
    kpis = await page.api.one(Kpis, "evaluation", path)
    figure = next(one for one in kpis.items if one.name == kpi)
    return page.html(
        "figures/events.html",
        say_headline(page, figure),
        program_id=program_id,
        figure=figure,
        marks=marks,
        is_hidden=is_hidden,
        is_first=after is None,
        figures=at("/programs/{}/figures", program_id),
        title_of=partial(say_title, page),
        formula=say_formula(page, figure),
        base=say_base(page, figure),
        say_event=partial(say_event, page),
    )


figures = Capability(
    routes, (Entry(Place.PROGRAM, msgid("Figures"), "/programs/{program_id}/figures", "chart-column", managers),)
)
