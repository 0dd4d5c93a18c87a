"""What was given up, by cause: looked at, rehearsed, tried again, thrown away with a reason."""

from datetime import timedelta
from typing import Annotated

from fastapi import Form, Query
from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.frame.capabilities import Capability, Entry, Place, operators
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.operator.asking import ADMIN, away_words, bare, counted, of_each
from services.console.operator.letter_views import Causes, Handled, Letter
from shared.engine.authoring.grants import OPERATOR
from shared.web.routes import Pages

routes = Pages(allow=(OPERATOR,))

LETTERS = f"{ADMIN}/dead-letters"
CAUSES = f"{ADMIN}/dead-letter-causes"
STILL_COMING = timedelta(minutes=5)
"""A cause whose latest letter is younger makes more of them."""
SHOWN = 50

Service = Annotated[str, Form(max_length=40)]
CauseId = Annotated[str, Form(max_length=16)]
Why = Annotated[str, Form(max_length=300)]
One = Annotated[str, Form(max_length=300)]
Count = Annotated[int | None, Query(ge=0, le=10_000_000)]

NO_REASON = msgid("Say why: whoever reads the audit wants to know.")


@routes.get("/operator/dead-letters")
async def list_causes(page: CurrentPage) -> Response:
    """Show why messages were given up, cause by cause."""
    found = await of_each(page, Causes, CAUSES)
    causes = [(service, cause) for service, causes in found.of.items() for cause in causes.items]
    causes.sort(key=lambda pair: (pair[1].last_at > page.now - STILL_COMING, pair[1].count), reverse=True)
    letters = sum(one.letters for one in found.of.values())
    title = page.say_number("One cause needs you", "%(num)s causes need you", len(causes))
    return page.html(
        "operator/dead_letters.html",
        title if causes else page.say(msgid("There is no dead letter")),
        needs_you=bool(causes),
        causes=causes,
        letters=letters,
        counted=lambda number: counted(page, number),
        away=away_words(page, found.away),
        coming_since=page.now - STILL_COMING,
        bare=bare,
    )


@routes.get("/operator/dead-letters/{service}/{cause_id}")
async def show_cause(
    service: str, cause_id: str, page: CurrentPage, dry_run: bool = False, done: Count = None, refused: Count = None
) -> Response:
    """Show the letters of a cause; with `dry_run`, what would become of them if they were tried again now."""
    rehearsed = None
    if dry_run:
        rehearsed = await _ask(page, service, "replay", {"cause": cause_id, "dry_run": True})
    return await _show(page, service, cause_id, rehearsed=rehearsed, outcome=(done, refused))


@routes.post("/operator/dead-letters/{service}/{cause_id}/replay")
async def replay(service: str, cause_id: str, page: CurrentPage, letter: One = "") -> Response:
    """Hand the letters of a cause to their handlers again, or one of them."""
    tenant, _, id = letter.partition("/")
    which: dict[str, object] = {"letters": [{"tenant": tenant, "id": id}]} if letter else {"cause": cause_id}
    handled = await _ask(page, service, "replay", which)
    return page.go(_place(service, cause_id, handled))


@routes.post("/operator/dead-letters/{service}/{cause_id}/discard")
async def discard(service: str, cause_id: str, page: CurrentPage, why: Why = "") -> Response:
    """Throw the letters of a cause away, and say why."""
    if not why.strip():
        problem = ServiceProblem(service, 422, {"detail": page.say(NO_REASON)})
        return await _show(page, service, cause_id, problem=problem)
    handled = await _ask(page, service, "discard", {"cause": cause_id, "why": why.strip()})
    return page.go(_place(service, cause_id, handled))


async def _ask(page: Page, service: str, what: str, body: dict[str, object]) -> Handled:
    answer = await page.api.do(_known(page, service), f"{LETTERS}/{what}", body)
    return Handled.model_validate(answer.body)


async def _show(
    page: Page,
    service: str,
    cause_id: str,
    *,
    rehearsed: Handled | None = None,
    outcome: tuple[int | None, int | None] = (None, None),
    problem: ServiceProblem | None = None,
) -> Response:
    causes = await page.api.one(Causes, _known(page, service), CAUSES)
    cause = next((one for one in causes.items if one.id == cause_id), None)
    letters = await page.api.page(Letter, service, LETTERS, cause=cause_id, limit=SHOWN)
    return page.html(
        "operator/cause.html",
        _title(page, cause.error or cause.reason, cause.count) if cause else page.say(msgid("Nothing of it is left")),
        needs_you=cause is not None,
        problem=problem,
        service=service,
        cause=cause,
        here=at("/operator/dead-letters/{}/{}", service, cause_id),
        letters=letters,
        rehearsed=rehearsed,
        outcome=outcome,
        bare=bare,
    )


def _title(page: Page, error: str, count: int) -> str:
    return page.say_number("%(error)s: one message", "%(error)s: %(num)s messages", count, error=error)


def _place(service: str, cause_id: str, handled: Handled) -> str:
    """Where what was done is shown."""
    counts = f"done={len(handled.done)}&refused={len(handled.refused)}"
    return f"{at('/operator/dead-letters/{}/{}', service, cause_id)}?{counts}"


def _known(page: Page, service: str) -> str:
    """The service, if there is one of that name; raises `ServiceProblem`."""
    if service not in page.api.settings.service_names:
        raise ServiceProblem(service, 404, {})
    return service


dead_letters = Capability(
    routes, (Entry(Place.CELL, msgid("Dead letters"), "/operator/dead-letters", "octagon-alert", operators),)
)
