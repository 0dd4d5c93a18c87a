"""The pages on which a program is designed: its settings, what it lacks, and how people will see it."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.applications.questions import FACTS, QUESTIONS, ROLES
from services.console.design.rules import CADENCES, DEFAULTS, GROUPS, read, wrong
from services.console.design.views import Draft
from services.console.frame.capabilities import Capability
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from shared.contracts.intake import PROFILE_FACTS
from shared.engine.authoring.grants import ADMIN, Manager
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN, Manager.of("program_id")))

MOST_FIELDS = 100


@routes.get("/programs/{program_id}/design")
async def show_design(program_id: str, page: CurrentPage) -> Response:
    """Show all settings of a program: those of a draft can be changed."""
    return await _show(page, program_id)


@routes.post("/programs/{program_id}/design")
async def change_design(program_id: str, page: CurrentPage, request: Request) -> Response:
    """Change the settings of a draft, and publish it if that is asked for, too."""
    form = await request.form(max_fields=MOST_FIELDS)
    said = {name: value for name, value in form.items() if isinstance(value, str)}
    facts = [fact for fact in form.getlist("shown_facts") if isinstance(fact, str)]
    body, path = read(said, facts), at("/v1/programs/{}", program_id)
    try:
        await page.api.do("intake", f"{path}/design", body, said.get("key", ""))
        if said.get("then") == "publish":
            await page.api.do("intake", f"{path}/publish", key=said.get("key", ""))
    except ServiceProblem as problem:
        return await _show(page, program_id, body, problem)
    return page.go(at("/programs/{}", program_id))


@routes.get("/programs/{program_id}/preview")
async def show_preview(program_id: str, page: CurrentPage, role: str = "") -> Response:
    """Show a program as people see it who may apply, with what they are asked."""
    program = await page.api.one(Draft, "intake", at("/v1/programs/{}", program_id))
    seen_as = role if role in ROLES else ROLES[0]
    return page.html(
        "design/preview.html",
        page.say(msgid("This is what people see")),
        program_id=program_id,
        program=program,
        role=seen_as,
        questions=[one for one in QUESTIONS if seen_as in one.roles],
        cadences=CADENCES,
        facts=FACTS,
    )


async def _show(
    page: Page, program_id: str, typed: Mapping[str, Any] | None = None, problem: ServiceProblem | None = None
) -> Response:
    program = await page.api.one(Draft, "intake", at("/v1/programs/{}", program_id))
    title = (
        page.say(msgid("What %(title)s is like"), title=program.title)
        if program.title
        else page.say(msgid("What the program is like"))
    )
    return page.html(
        "design/design.html",
        title,
        program_id=program_id,
        program=program,
        typed=typed or program,
        wrong=_wrong(problem),
        problem=problem,
        groups=GROUPS,
        defaults=DEFAULTS,
        cadences=CADENCES,
        facts={one: FACTS[one] for one in PROFILE_FACTS},
    )


def _wrong(problem: ServiceProblem | None) -> list[tuple[str, str]]:
    """What is wrong, and where: what is not about a field stands at the first."""
    if problem is None:
        return []
    return list(wrong(problem.errors)) or [("title", str(problem.detail))]


design = Capability(routes)
