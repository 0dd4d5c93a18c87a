"""The pages on which managers decide about applications, and people see and change their own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Form, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.console.api import Naming, Rows, ServiceProblem, Shown, at
from services.console.applications.questions import FACTS, QUESTIONS, ROLES, profile
from services.console.frame.capabilities import Capability, Entry, Place, Urgency, Waiting, everybody, managers
from services.console.frame.forms import Key
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.held.holding import Held
from shared.engine.authoring.grants import ADMIN, PERSON, Manager, Reviewer
from shared.web.routes import Pages

routes = Pages()


MOST_AT_ONCE = 100
"""As many as the list shows."""
KEY_LENGTH = 100


class OpenProgram(Shown):
    """A program, as far as those see it who apply."""

    id: str
    title: str
    cadence: str
    months: int


class Application(Naming):
    """An application with what is stated in it."""

    id: str
    version: int
    program_id: str
    person_id: str
    role: str
    status: str
    submitted_at: datetime | None = None
    approved_at: datetime | None = None
    is_paused: bool = False
    left_at: datetime | None = None
    profile: Mapping[str, Any] = {}  # whatever the program's form asks

    @property
    def stated(self) -> list[tuple[str, str]]:
        """What is stated, field by field."""
        found = ((FACTS[name], _written(value)) for name, value in self.profile.items() if name in FACTS)
        return [(name, words) for name, words in found if words]


def _written(value: Any) -> str:  # of any type that a profile has
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_written(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_written(one)}" for name, one in value.items())
    return str(value).replace("_", " ")


class Decision(BaseModel):
    """A decision as its form sends it: on which version, and which application is shown then."""

    key: str = Field(max_length=64)
    version: str = Field("", pattern=r"^\d{0,18}$")
    then: str = Field("", max_length=200)


@routes.get("/programs/{program_id}/applications", allow=(ADMIN, Manager.of("program_id"), Reviewer.of("program_id")))
async def review(program_id: str, page: CurrentPage, application_id: str = "") -> Response:
    """Show the applications that wait for a decision, and one of them beside the list."""
    return await _review(page, program_id, application_id)


@routes.post("/programs/{program_id}/applications/{application_id}/approve", allow=(ADMIN, Manager.of("program_id")))
async def approve(
    program_id: str, application_id: str, page: CurrentPage, sent: Annotated[Decision, Form()]
) -> Response:
    """Approve an application, and go on with the next one."""
    try:
        done = await page.api.do(
            "intake", at("/v1/applications/{}/approve", application_id), key=sent.key, version=sent.version
        )
    except ServiceProblem as problem:
        return await _review(page, program_id, application_id, problem)
    following = at("?application_id={}", sent.then) if sent.then else ""
    path = at("/programs/{}/applications", program_id) + following
    return await page.follow(path, "application", application_id, done)


@routes.post("/programs/{program_id}/applications/approve-selected", allow=(ADMIN, Manager.of("program_id")))
async def approve_selected(
    program_id: str, page: CurrentPage, key: Key, selected: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Approve all that are selected, and say which of them could not be."""
    problems = list[ServiceProblem]()
    for id in (selected or [])[:MOST_AT_ONCE]:
        try:
            await page.api.do("intake", at("/v1/applications/{}/approve", id), key=f"{key}-{id}"[:KEY_LENGTH])
        except ServiceProblem as problem:
            problems.append(problem)
    if problems:
        return await _review(page, program_id, "", problems[0])
    return page.go(at("/programs/{}/applications", program_id))


async def _review(page: Page, program_id: str, application_id: str, problem: ServiceProblem | None = None) -> Response:
    rows = await _undecided(page, program_id)
    open_one = next((one for one in rows.items if one.id == application_id), rows.items[0] if rows.items else None)
    title = page.say_number(
        "One application waits for a decision",
        "%(num)s applications wait for a decision",
        len(rows.items),
        num=page.so_many(rows),
    )
    return page.html(
        "applications/review.html",
        title if rows.items else page.say(msgid("Every application is decided")),
        program_id=program_id,
        needs_you=bool(rows.items),
        applications=rows.items,
        open_one=open_one,
        following=_following(rows.items, open_one),
        may_decide=managers(page.caller, program_id),
        problem=problem,
    )


def _following(waiting: Sequence[Application], open_one: Application | None) -> str:
    """Which one is looked at when this one is decided: the next in the list, or the one before the last."""
    if open_one is None or len(waiting) < 2:
        return ""
    place = waiting.index(open_one)
    return waiting[place + 1 if place + 1 < len(waiting) else place - 1].id


@routes.get("/programs/{program_id}/apply", allow=(PERSON,))
async def show_questions(program_id: str, page: CurrentPage, role: str = "") -> Response:
    """Ask whoever wants to take part in a program."""
    return await _ask(page, program_id, role)


@routes.post("/programs/{program_id}/apply", allow=(PERSON,))
async def apply(program_id: str, page: CurrentPage, request: Request) -> Response:
    """Apply to a program; what cannot be read of the answers comes back at its question."""
    said = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    role = said.get("role", "")
    body = {"program_id": program_id, "person_id": page.person_id, "role": role, "profile": profile(role, said)}
    try:
        await page.api.do("intake", "/v1/applications", body, said.get("key", ""))
    except ServiceProblem as problem:
        return await _ask(page, program_id, role, said, problem)
    return page.go("/applications")


async def _ask(
    page: Page,
    program_id: str,
    role: str,
    said: Mapping[str, str] | None = None,
    problem: ServiceProblem | None = None,
) -> Response:
    program = await page.api.one(OpenProgram, "intake", at("/v1/programs/{}", program_id))
    applies_as = role if role in ROLES else ROLES[0]
    return page.html(
        "applications/apply.html",
        page.say(msgid("Take part in %(program)s"), program=program.title),
        program=program,
        role=applies_as,
        questions=[one for one in QUESTIONS if applies_as in one.roles],
        typed=said or {},
        problem=problem,
    )


@routes.get("/applications", allow=(PERSON,))
async def list_own(page: CurrentPage) -> Response:
    """Show one's own applications, and what can be done with each."""
    return await _list_own(page)


@routes.post("/applications/{application_id}/withdraw", allow=(PERSON,))
async def withdraw(application_id: str, page: CurrentPage, key: Key) -> Response:
    """Withdraw an application that is not decided yet."""
    try:
        path, saying = at("/v1/applications/{}/withdraw", application_id), msgid("You have withdrawn your application.")
        return await page.hold(Held("intake", path, saying, application_id), key, "/applications")
    except ServiceProblem as problem:
        return await _list_own(page, problem)


async def _list_own(page: Page, problem: ServiceProblem | None = None) -> Response:
    own = await page.api.every(Application, "intake", "/v1/applications", person_id=page.person_id)
    active = [one for one in own if one.status in ("submitted", "approved") and one.left_at is None]
    title = page.say_number("You take part in one program", "You take part in %(num)s programs", len(active))
    return page.html(
        "applications/own.html",
        title if active else page.say(msgid("You take part in no program yet")),
        applications=sorted(own, key=lambda one: one.id, reverse=True),
        programs={one.id: one.title for one in page.around.programs},
        problem=problem,
    )


async def _undecided(page: Page, program_id: str) -> Rows[Application]:
    asked = "/v1/applications"
    return await page.api.page(Application, "intake", asked, program_id=program_id, status="submitted", limit=100)


async def waits(page: Page) -> list[Waiting]:
    """Return the applications that wait for whoever decides."""
    found = list[Waiting]()
    for program in page.managed:
        rows = await _undecided(page, program.id)
        if rows.items:
            count = page.so_many(rows)
            found.append(
                Waiting(
                    Urgency.SOON,
                    page.say_number(
                        "One application to %(program)s waits for your decision",
                        "%(num)s applications to %(program)s wait for your decision",
                        len(rows.items),
                        num=count,
                        program=program.title,
                    ),
                    page.say(msgid("Needs you")),
                    f"/programs/{program.id}/applications",
                    page.say(msgid("Review %(count)s"), count=count),
                    since=min((one.submitted_at for one in rows.items if one.submitted_at), default=None),
                )
            )
    return found


applications = Capability(
    routes,
    (
        Entry(Place.FIRST, msgid("My applications"), "/applications", "clipboard-list", everybody),
        Entry(
            Place.PROGRAM,
            msgid("Applications"),
            "/programs/{program_id}/applications",
            "inbox",
            managers,
            "applications/{program_id}",
        ),
    ),
    waits,
)
