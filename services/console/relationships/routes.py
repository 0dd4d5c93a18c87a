"""The pages of two who work together: their sessions, and what they agree to do."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.frame.capabilities import Capability, Entry, Place, everybody
from services.console.frame.files import as_file
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.frame.zones import apart, place
from services.console.relationships.agenda import waits
from services.console.relationships.by_link import by_link
from services.console.relationships.calendar_file import MEDIA_TYPE, NAME, calendar_file
from services.console.relationships.views import Action, Relationship, Session, others_called, zone_of_other
from shared.engine.authoring.grants import PERSON
from shared.engine.authoring.links import Purpose
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))


MINUTES = ("30", "45", "60", "90")
DUE_IN = timedelta(days=14)
"""When something is to be done if nobody says when."""


@routes.get("/relationships")
async def list_relationships(page: CurrentPage) -> Response:
    """Show with whom one works."""
    found = await _own(page)
    active = [one for one in found if one.ended_at is None]
    title = page.say_number("You work with one person", "You work with %(num)s people", len(active))
    return page.html(
        "relationships/relationships.html",
        title if active else page.say(msgid("You work with nobody yet")),
        relationships=found,
        called=partial(others_called, page),
    )


@routes.get("/relationships/{relationship_id}")
async def show_relationship(relationship_id: str, page: CurrentPage) -> Response:
    """Show two who work together: when they meet next, and what they agreed to do."""
    return await _show(page, relationship_id)


@routes.get("/sessions/{session_id}")
async def show_session(session_id: str, page: CurrentPage) -> Response:
    """Show a session where it belongs: in its relationship."""
    session = await page.api.one(Session, "sessions", at("/v1/sessions/{}", session_id))
    return page.go(at("/relationships/{}", session.relationship_id) + f"#{session.id}")


@routes.get("/sessions/{session_id}/calendar")
async def show_calendar_entry(session_id: str, page: CurrentPage) -> Response:
    """Give a session as a file that every calendar takes; the one that came by mail is the same entry."""
    session = await page.api.one(Session, "sessions", at("/v1/sessions/{}", session_id))
    return as_file(calendar_file(page, session, others_called(page, session)), MEDIA_TYPE, NAME)


@routes.post("/relationships/{relationship_id}/sessions")
async def plan(
    relationship_id: str, page: CurrentPage, key: Key, starts_at: Text = "", minutes: Text = "60"
) -> Response:
    """Plan a session, by the clock of whoever plans it."""
    planned = _planned(page, starts_at) | {"minutes": int(minutes) if minutes.isdigit() else None}
    typed = {"starts_at": starts_at, "minutes": minutes}
    return await _do(page, relationship_id, at("/v1/relationships/{}/sessions", relationship_id), key, planned, typed)


@routes.post("/relationships/{relationship_id}/sessions/{session_id}/move")
async def move(relationship_id: str, session_id: str, page: CurrentPage, key: Key, starts_at: Text = "") -> Response:
    """Move a session; it stays as long as it was."""
    return await _do(
        page, relationship_id, at("/v1/sessions/{}/reschedule", session_id), key, _planned(page, starts_at)
    )


@routes.post("/relationships/{relationship_id}/sessions/{session_id}/cancel")
async def cancel(relationship_id: str, session_id: str, page: CurrentPage, key: Key) -> Response:
    """Say that a session will not be held."""
    return await _do(page, relationship_id, at("/v1/sessions/{}/cancel", session_id), key)


@routes.post("/relationships/{relationship_id}/sessions/{session_id}/complete")
async def complete(relationship_id: str, session_id: str, page: CurrentPage, key: Key) -> Response:
    """Say that a session was held."""
    return await _do(page, relationship_id, at("/v1/sessions/{}/complete", session_id), key)


@routes.post("/relationships/{relationship_id}/actions")
async def assign(
    relationship_id: str, page: CurrentPage, key: Key, task: Text = "", owner_id: Text = "", due_on: Text = ""
) -> Response:
    """Agree on something that one of the two does."""
    due = f"{due_on}T12:00:00Z" if due_on else (page.now + DUE_IN).isoformat()
    body = {"task": task, "owner_id": owner_id or page.person_id, "due_at": due}
    typed = {"task": task, "due_on": due_on}
    return await _do(page, relationship_id, at("/v1/relationships/{}/actions", relationship_id), key, body, typed)


@routes.post("/relationships/{relationship_id}/actions/{action_id}/complete")
async def finish(relationship_id: str, action_id: str, page: CurrentPage, key: Key) -> Response:
    """Say that it is done."""
    return await _do(page, relationship_id, at("/v1/actions/{}/complete", action_id), key)


async def _do(
    page: Page,
    relationship_id: str,
    path: str,
    key: str,
    body: Mapping[str, object] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    """Ask for a command, and show what has come of it; where it cannot be, say why, and keep what was typed."""
    try:
        await page.api.do("sessions", path, body, key)
    except ServiceProblem as problem:
        return await _show(page, relationship_id, problem, typed)
    return page.go(at("/relationships/{}", relationship_id))


async def _show(
    page: Page, relationship_id: str, problem: ServiceProblem | None = None, typed: dict[str, str] | None = None
) -> Response:
    path = at("/v1/relationships/{}", relationship_id)
    relationship = await page.api.one(Relationship, "sessions", path)
    sessions = await page.api.every(Session, "sessions", path + "/sessions")
    actions = await page.api.every(Action, "sessions", path + "/actions")
    planned = sorted((one for one in sessions if one.status == "scheduled"), key=lambda one: one.starts_at)
    name, zone = others_called(page, relationship), await zone_of_other(page, relationship)
    return page.html(
        "relationships/relationship.html",
        _state(page, name, relationship, planned),
        relationship=relationship,
        name=name,
        others=relationship.others(page.person_id),
        coming=[one for one in planned if one.ends_at > page.now],
        past=[one for one in planned if one.ends_at <= page.now],
        held=sorted(_held(sessions), key=lambda one: one.starts_at, reverse=True),
        actions=sorted(actions, key=lambda one: (one.done_at is not None, one.due_at)),
        here=place(page.zone),
        there=place(zone) if zone else "",
        zone_there=zone,
        apart=apart(page, zone) if zone else None,
        minutes=MINUTES,
        problem=problem,
        typed=typed or {},
    )


def _held(sessions: list[Session]) -> list[Session]:
    return [one for one in sessions if one.status == "completed"]


def _state(page: Page, name: str, relationship: Relationship, planned: list[Session]) -> str:
    """How it stands, in a sentence."""
    if relationship.ended_at is not None:
        return page.say(msgid("Your time with %(name)s has ended"), name=name)
    coming = [one.starts_at for one in planned if one.ends_at > page.now]
    if coming:
        return page.say(msgid("You and %(name)s meet on %(moment)s"), name=name, moment=page.moment(coming[0]))
    return page.say(msgid("You and %(name)s have no session planned"), name=name)


def _planned(page: Page, starts_at: str) -> dict[str, object]:
    """When it begins, by the clock of whoever plans it."""
    return {"time_zone": page.zone, "starts_at_local": starts_at or None}


async def _own(page: Page) -> list[Relationship]:
    found = await page.api.every(Relationship, "sessions", at("/v1/people/{}/relationships", page.person_id))
    return sorted(found, key=lambda one: (one.ended_at is not None, one.started_at))


relationships = Capability(
    routes,
    (Entry(Place.FIRST, msgid("Relationships"), "/relationships", "users", everybody),),
    waits,
    by_link={Purpose.SESSION: by_link},
)
