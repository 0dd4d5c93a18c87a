"""The pages on which those who run a program ask for match runs, look at them, compare and publish them."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.frame.capabilities import Capability, Entry, Place, managers
from services.console.frame.forms import Key, Text, sent
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.reasons import say_criterion
from services.console.runs.comparing import side_by_side, what_differs
from services.console.runs.result_page import Looking, read_result, shown
from services.console.runs.run_form import Settings, body, errors, plain, settings_of, settings_sent, usual
from services.console.runs.run_words import STRATEGIES, TOTALS, WORST, headline, state_of
from services.console.runs.views import Comparison, ProgramRules, Run
from shared.engine.authoring.grants import ADMIN, Manager
from shared.errors import NotFound
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN, Manager.of("program_id")))

ROWS = 25
"""Runs and changes on a page."""

Chosen = Annotated[Sequence[str], Query(alias="run", max_length=100)]


@routes.get("/programs/{program_id}/runs")
async def list_runs(
    program_id: str, page: CurrentPage, after: str | None = None, choose: str | None = None
) -> Response:
    """Show the runs of a program, the latest first."""
    path = at("/v1/programs/{}/runs", program_id)
    rows = await page.api.page(Run, "matching", path, after=after, limit=ROWS, latest_first="true")
    return page.html(
        "runs/runs.html",
        _state(page, rows.items, after),
        program_id=program_id,
        needs_you=any(run.may_be_published for run in rows.items),
        here=at("/programs/{}/runs", program_id),
        rows=rows,
        is_first=after is None,
        is_to_choose=choose == "two",
        strategies=STRATEGIES,
        states={run.id: state_of(page, run) for run in rows.items},
    )


def _state(page: Page, runs: list[Run], after: str | None) -> str:
    if after:
        return page.say(msgid("Earlier runs"))
    if not runs:
        return page.say(msgid("Nobody was matched by a run yet"))
    found = next((run for run in runs if run.has_result and not run.what_if), None)
    if runs[0].is_under_way or found is None:
        return page.say_number("There is one run", "There are %(num)s runs", len(runs))
    return page.say_number(
        "The latest run gives one of %(mentees)s mentees a mentor",
        "The latest run gives %(num)s of %(mentees)s mentees a mentor",
        found.matched,
        mentees=page.texts.number(found.mentees),
    )


@routes.get("/programs/{program_id}/runs/new")
async def ask_for_run(program_id: str, page: CurrentPage, like: str | None = None) -> Response:
    """Show the form that asks for a run; its settings are those of the run that it is to be like."""
    program = await page.api.one(ProgramRules, "intake", at("/v1/programs/{}", program_id))
    if like is None:
        return _form(page, program_id, usual(program.rules.minimum_score))
    return _form(page, program_id, settings_of(await _run(page, program_id, like)))


@routes.post("/programs/{program_id}/runs")
async def request_run(program_id: str, request: Request, page: CurrentPage, key: Key, what_if: Text = "") -> Response:
    """Ask for a run, and show how far it is."""
    form = await request.form()
    settings = settings_sent({name: sent(form, name) for name in form})
    try:
        path = at("/v1/programs/{}/runs", program_id)
        made = await page.api.do("matching", path, body(settings, bool(what_if)), key)
    except ServiceProblem as problem:
        return _form(page, program_id, settings, problem)
    return page.go(at("/programs/{}/runs/{}", program_id, made.id))


def _form(page: Page, program_id: str, settings: Settings, problem: ServiceProblem | None = None) -> Response:
    return page.html(
        "runs/new.html",
        page.say(msgid("Who is to be matched with whom?")),
        program_id=program_id,
        here=at("/programs/{}/runs", program_id),
        settings=settings,
        errors=errors(problem),
        problem=problem,
        strategies=STRATEGIES,
        say_criterion=partial(say_criterion, page),
        plain=plain,
        worst=WORST,
        totals=TOTALS,
    )


@routes.get("/programs/{program_id}/runs/compare")
async def compare_runs(program_id: str, page: CurrentPage, chosen: Chosen = (), after: int = 0) -> Response:
    """Show what the later of two runs does otherwise than the earlier one."""
    two = sorted({*chosen})
    if len(two) != 2:
        return page.go(at("/programs/{}/runs", program_id) + "?choose=two")
    first, second = [await _run(page, program_id, id) for id in two]
    try:
        path = at("/v1/runs/{}/compare/{}", first.id, second.id)
        found = await page.api.one(Comparison, "matching", path, after=after, limit=ROWS)
    except ServiceProblem as problem:
        return page.html(
            "runs/not_comparable.html",
            page.say(msgid("These two runs cannot be compared")),
            program_id=program_id,
            here=at("/programs/{}/runs", program_id),
            problem=problem,
        )
    return page.html(
        "runs/compare.html",
        what_differs(page, found),
        program_id=program_id,
        here=at("/programs/{}/runs", program_id),
        runs=(first, second),
        found=found,
        figures=side_by_side(page, found.first, found.second),
        strategies=STRATEGIES,
        after=after,
    )


@routes.get("/programs/{program_id}/runs/{run_id}")
async def show_run(program_id: str, run_id: str, page: CurrentPage, looking: Annotated[Looking, Query()]) -> Response:
    """Show how far a run is, or what it has found and why."""
    return await _show(page, (program_id, run_id), looking)


@routes.post("/programs/{program_id}/runs/{run_id}/publish")
async def publish_run(program_id: str, run_id: str, page: CurrentPage, key: Key) -> Response:
    """Publish a run: its pairs become proposals."""
    return await _decide(page, (program_id, run_id), "publish", key)


@routes.post("/programs/{program_id}/runs/{run_id}/discard")
async def discard_run(program_id: str, run_id: str, page: CurrentPage, key: Key) -> Response:
    """Discard a run: nothing of it is proposed."""
    return await _decide(page, (program_id, run_id), "discard", key)


@routes.post("/programs/{program_id}/runs/{run_id}/cancel")
async def cancel_run(program_id: str, run_id: str, page: CurrentPage, key: Key) -> Response:
    """Cancel a run that is still being computed."""
    return await _decide(page, (program_id, run_id), "cancel", key)


@routes.post("/programs/{program_id}/runs/{run_id}/pin")
async def pin_pair(program_id: str, run_id: str, page: CurrentPage, key: Key, pair: Text) -> Response:
    """Pin a pair, so that the next run gives the two to each other."""
    return await _hold(page, (program_id, run_id), "pins", pair, key)


@routes.post("/programs/{program_id}/runs/{run_id}/keep-apart")
async def keep_pair_apart(program_id: str, run_id: str, page: CurrentPage, key: Key, pair: Text) -> Response:
    """Keep the two of a pair apart from now on."""
    return await _hold(page, (program_id, run_id), "exclusions", pair, key)


async def _decide(page: Page, ids: tuple[str, str], what: str, key: str) -> Response:
    """Have it done to a run of a program, and show what has become of it."""
    run = await _run(page, *ids)
    try:
        await page.api.do("matching", at("/v1/runs/{}/" + what, run.id), key=key)
    except ServiceProblem as problem:
        return await _show(page, ids, Looking(), problem)
    return page.go(at("/programs/{}/runs/{}", *ids))


async def _hold(page: Page, ids: tuple[str, str], what: str, pair: str, key: str) -> Response:
    """Have the two of a pair pinned or kept apart, and show the pair again."""
    mentee, _, mentor = pair.partition(".")
    two = {"mentee_application_id": mentee, "mentor_application_id": mentor}
    looking = Looking(pair=pair)
    try:
        await page.api.do("matching", at("/v1/programs/{}/" + what, ids[0]), two, key)
    except ServiceProblem as problem:
        return await _show(page, ids, looking, problem)
    return page.go(looking.address(at("/programs/{}/runs/{}", *ids), did=what) + "#pair")


async def _run(page: Page, program_id: str, run_id: str) -> Run:
    """Read a run; one of another program is as unknown here as one that there is not."""
    run = await page.api.one(Run, "matching", at("/v1/runs/{}", run_id))
    if run.program_id != program_id:
        raise NotFound.of("run", run_id)
    return run


async def _show(page: Page, ids: tuple[str, str], looking: Looking, problem: ServiceProblem | None = None) -> Response:
    run = await _run(page, *ids)
    return page.html(
        "runs/run.html",
        headline(page, run),
        program_id=run.program_id,
        needs_you=run.may_be_published,
        problem=problem,
        **shown(page, run, looking, await read_result(page, run, looking)),
    )


runs = Capability(
    routes, (Entry(Place.PROGRAM, msgid("Match runs"), "/programs/{program_id}/runs", "shuffle", managers),)
)
