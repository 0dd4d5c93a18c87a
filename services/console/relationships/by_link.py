"""A session that is moved or cancelled by the link of its mail, without signing in."""

from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.frame.capabilities import ByLink
from services.console.frame.files import as_file
from services.console.frame.forms import sent
from services.console.frame.link_page import LinkPage
from services.console.frame.texts import msgid
from services.console.relationships.calendar_file import MEDIA_TYPE, NAME, calendar_file
from services.console.relationships.views import Session, others_called

STATES = {
    "cancelled": msgid("Your session with %(name)s is off"),
    "completed": msgid("You and %(name)s have met"),
}


async def show(page: LinkPage) -> Response:
    """Show when a session is, or what has become of it; or give it to a calendar."""
    if page.wish == "calendar":
        session = await _session(page)
        return as_file(calendar_file(page, session, others_called(page, session)), MEDIA_TYPE, NAME)
    return await _show(page)


async def act(page: LinkPage, form: FormData) -> Response:
    """Move or cancel a session."""
    answer, path = sent(form, "answer"), at("/v1/sessions/{}/", page.opened.about)
    bodies = {
        "cancel": {},
        "reschedule": {"time_zone": page.zone, "starts_at_local": sent(form, "starts_at") or None},
    }
    if answer not in bodies:
        return await _show(page)
    try:
        await page.api.do("sessions", path + answer, bodies[answer], sent(form, "key"))
    except ServiceProblem as problem:
        typed = sent(form, "starts_at")
        return await _show(page, None if problem.status_code == HTTPStatus.NOT_FOUND else problem, typed)
    return page.go()


async def _show(page: LinkPage, problem: ServiceProblem | None = None, typed: str = "") -> Response:
    session = await _session(page)
    name = others_called(page, session)
    return page.html(
        "relationships/by_link.html",
        _state(page, session, name),
        program=await page.program(session.program_id),
        session=session,
        name=name,
        is_open=session.status == "scheduled" and session.ends_at > page.now,
        wish=page.wish or ("move" if typed else ""),
        problem=problem,
        typed=typed,
    )


async def _session(page: LinkPage) -> Session:
    return await page.api.one(Session, "sessions", at("/v1/sessions/{}", page.opened.about))


def _state(page: LinkPage, session: Session, name: str) -> str:
    if session.status in STATES:
        return page.say(STATES[session.status], name=name)
    if session.ends_at <= page.now:
        return page.say(msgid("Your session with %(name)s is over"), name=name)
    return page.say(msgid("You and %(name)s meet on %(moment)s"), name=name, moment=page.moment(session.starts_at))


by_link = ByLink(show, act)
