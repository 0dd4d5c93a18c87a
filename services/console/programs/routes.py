"""The pages of programs, for those who run them; everybody sees which there are."""

from typing import Annotated

from fastapi import Form
from starlette.responses import Response

from services.console.api import ServiceAway, ServiceProblem, at
from services.console.design.presets import PRESETS, preset
from services.console.frame.capabilities import Capability, Entry, Place, Urgency, Waiting, everybody, managers
from services.console.frame.forms import Key
from services.console.frame.page import CurrentPage, Page
from services.console.frame.surroundings import ProgramShown
from services.console.frame.texts import msgid
from services.console.programs.views import Applicant, Program, Risk
from services.console.proposals.views import Match
from shared.engine.authoring.grants import ADMIN, PERSON, Manager
from shared.web.routes import Pages

routes = Pages()

STAFF = ADMIN, Manager.of("program_id")

Text = Annotated[str, Form(max_length=500)]


@routes.get("/programs", allow=(PERSON,))
async def list_programs(page: CurrentPage) -> Response:
    """Show the programs of the organization."""
    return await _list(page)


async def _list(page: Page, like: str = "", title: str = "", problem: ServiceProblem | None = None) -> Response:
    programs = await page.api.every(Program, "intake", "/v1/programs")
    headline = page.say_number("There is one program", "There are %(num)s programs", len(programs))
    return page.html(
        "programs/programs.html",
        headline if programs else page.say(msgid("There is no program yet")),
        programs=programs,
        may_create="admin" in page.caller.roles,
        may_open={one.id for one in programs if managers(page.caller, one.id)},
        presets=PRESETS,
        like=preset(like).name,
        typed=title,
        problem=problem,
    )


@routes.post("/programs", allow=(ADMIN,))
async def create_program(page: CurrentPage, key: Key, like: Text = "", title: Text = "", then: Text = "") -> Response:
    """Make a program that is like a preset; publish it at once, or show what can be changed first."""
    chosen = preset(like)
    body = chosen.body | {"title": title.strip() or page.say(chosen.title)}
    try:
        made = await page.api.do("intake", "/v1/programs", body, key)
    except ServiceProblem as problem:
        return await _list(page, like, title, problem)
    if then != "publish":
        return page.go(at("/programs/{}/design", made.id))
    await page.api.do("intake", at("/v1/programs/{}/publish", made.id), key=key)
    return page.go(at("/programs/{}", made.id))


@routes.get("/programs/{program_id}", allow=STAFF)
async def show_program(program_id: str, page: CurrentPage) -> Response:
    """Show how a program goes and what it needs next."""
    return await _show(page, program_id)


@routes.post("/programs/{program_id}/publish", allow=STAFF)
async def publish_program(program_id: str, page: CurrentPage, key: Key) -> Response:
    """Publish a program: people can apply from now on."""
    try:
        await page.api.do("intake", at("/v1/programs/{}/publish", program_id), key=key)
    except ServiceProblem as problem:
        return await _show(page, program_id, problem)
    return page.go(at("/programs/{}", program_id))


@routes.get("/programs/{program_id}/at-risk", allow=STAFF)
async def show_risks(program_id: str, page: CurrentPage) -> Response:
    """Show the relationships that may need help."""
    risks = await page.api.every(Risk, "evaluation", at("/v1/programs/{}/risks", program_id))
    title = page.say_number("One relationship may need help", "%(num)s relationships may need help", len(risks))
    return page.html(
        "programs/at_risk.html",
        title if risks else page.say(msgid("No relationship is at risk")),
        program_id=program_id,
        needs_you=bool(risks),
        risks=sorted(risks, key=lambda one: one.raised_at, reverse=True),
    )


async def _show(page: Page, program_id: str, problem: ServiceProblem | None = None) -> Response:
    program = await page.api.one(Program, "intake", at("/v1/programs/{}", program_id))
    people = await page.api.every(Applicant, "intake", "/v1/applications", program_id=program_id)
    pairs, away = list[Match](), ""
    try:
        pairs = await page.api.every(Match, "matching", at("/v1/programs/{}/matches", program_id))
    except ServiceAway as error:
        away = error.service
    undecided = [one for one in people if one.status == "submitted"]
    paired = [one for one in pairs if one.status == "accepted"]
    return page.html(
        "programs/program.html",
        _state(page, program, len(undecided), len(paired)),
        program_id=program_id,
        problem=problem,
        program=program,
        away=away,
        people=people,
        undecided=undecided,
        course=_course(people, pairs),
        asked=[one for one in pairs if one.is_open],
        paired=paired,
    )


def _state(page: Page, program: Program, undecided: int, paired: int) -> str:
    """How the program is, in a sentence."""
    if program.status == "draft":
        return page.say(msgid("%(title)s is a draft: nobody can apply yet"), title=program.title)
    if undecided:
        return page.say_number(
            "One application waits for a decision", "%(num)s applications wait for a decision", undecided
        )
    if paired:
        return page.say_number("One pair is at work", "%(num)s pairs are at work", paired)
    return page.say(msgid("%(title)s is open, and nobody is matched yet"), title=program.title)


def _course(people: list[Applicant], pairs: list[Match]) -> list[tuple[str, int]]:
    """How many mentees have come how far, from applying to a match."""
    mentees = [one for one in people if one.role == "mentee"]
    matched = {one.mentee_id for one in pairs if one.status == "accepted"}
    asked = {one.mentee_id for one in pairs}
    return [
        (msgid("Applied"), len(mentees)),
        (msgid("Take part"), sum(one.status == "approved" for one in mentees)),
        (msgid("Were asked about a mentor"), len(asked)),
        (msgid("Matched"), len(matched)),
    ]


async def waits(page: Page) -> list[Waiting]:
    """Return what programs need of whoever runs them."""
    found = list[Waiting]()
    for program in page.managed:
        found += await _pairs_at_risk(page, program)
    return found


async def _pairs_at_risk(page: Page, program: ProgramShown) -> list[Waiting]:
    risks = await page.api.page(Risk, "evaluation", at("/v1/programs/{}/risks", program.id), limit=100)
    if not risks.items:
        return []
    headline = page.say_number(
        "One relationship of %(program)s may need help",
        "%(num)s relationships of %(program)s may need help",
        len(risks.items),
        program=program.title,
    )
    return [
        Waiting(
            Urgency.NOW,
            headline,
            page.say(msgid("Needs you")),
            at("/programs/{}/at-risk", program.id),
            page.say(msgid("See which")),
            since=min(risk.raised_at for risk in risks.items),
        )
    ]


programs = Capability(
    routes,
    (
        Entry(Place.PROGRAM, msgid("Program"), "/programs/{program_id}", "compass", managers),
        Entry(Place.PROGRAM, msgid("At risk"), "/programs/{program_id}/at-risk", "life-buoy", managers),
        Entry(Place.ORGANIZATION, msgid("Programs"), "/programs", "layers", everybody),
    ),
    waits,
)
