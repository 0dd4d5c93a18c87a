"""A proposal that is answered by the link of its mail, on a phone, without signing in."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.responses import Response

from services.console.api import ServiceProblem, Shown, at
from services.console.frame.capabilities import ByLink
from services.console.frame.forms import sent
from services.console.frame.link_page import LinkPage, LinkProgram
from services.console.frame.texts import msgid
from services.console.frame.zones import apart, place
from services.console.proposals.views import Match, messages_of, other_called
from services.console.proposals.words import DECLINE_REASONS, ICONS, title
from services.console.reasons import say_criterion, say_fact

EFFORT = {
    "weekly": msgid("%(minutes)s minutes a week, for %(months)s months"),
    "biweekly": msgid("%(minutes)s minutes every two weeks, for %(months)s months"),
    "monthly": msgid("%(minutes)s minutes a month, for %(months)s months"),
}
"""By how often a pair meets."""
ANSWERS = ("accept", "decline", "ask-back", "extend")


class Profile(Shown):
    """Of the other one's profile what the program shows."""

    goals: list[str] | None = None
    experience: str | None = None
    time_zone: str | None = None


class Partner(Shown):
    """The other one of a match."""

    profile: Profile | None = None


async def show(page: LinkPage) -> Response:
    """Show who is proposed, why, and what it takes; or what has become of it."""
    return await _show(page)


async def act(page: LinkPage, form: FormData) -> Response:
    """Accept, decline, or write to the other side first."""
    answer, path = sent(form, "answer"), at("/v1/matches/{}/", page.opened.about)
    if answer not in ANSWERS:
        return await _show(page)
    try:
        await page.api.do("matching", path + answer, _said(form, answer), sent(form, "key"))
    except ServiceProblem as problem:
        # Once it was answered, the link is none to do so any more: then the page says how it stands.
        return await _show(page, None if problem.status_code == HTTPStatus.NOT_FOUND else problem, sent(form, "text"))
    return page.go()


def _said(form: FormData, answer: str) -> Mapping[str, str]:
    fields = {"decline": "reason", "ask-back": "text"}
    return {fields[answer]: sent(form, fields[answer])} if answer in fields else {}


async def _show(page: LinkPage, problem: ServiceProblem | None = None, text: str = "") -> Response:
    path = at("/v1/matches/{}", page.opened.about)
    match = await page.api.one(Match, "matching", path)
    partner = await page.api.one(Partner, "matching", path + "/partner")
    zone = partner.profile.time_zone if partner.profile else None
    program = await page.program(match.program_id)
    return page.html(
        "proposals/by_link.html",
        title(page, match),
        program=program,
        effort=_effort(page, program),
        match=match,
        other=other_called(page, match),
        profile=partner.profile,
        here=place(page.zone),
        apart=apart(page, zone) if zone else None,
        messages=await messages_of(page.api, match),
        say_criterion=partial(say_criterion, page),
        say_fact=partial(say_fact, page),
        icons=ICONS,
        reasons=DECLINE_REASONS,
        wish=_wish(page, match, problem, text),
        problem=problem,
        text=text,
    )


def _effort(page: LinkPage, program: LinkProgram) -> str:
    minutes, months = program.rules.session_minutes, program.months
    return page.say(EFFORT[program.cadence], minutes=page.texts.number(minutes), months=page.texts.number(months))


def _wish(page: LinkPage, match: Match, problem: ServiceProblem | None, text: str) -> str:
    """What is asked further: a reason, or a message."""
    if not match.waits_for(page.person_id):
        return ""
    return ("ask" if text else "decline") if problem else page.wish


by_link = ByLink(show, act)
