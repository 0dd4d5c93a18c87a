"""Feedback that is given by the link of its mail, without signing in."""

from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.feedback.views import FeedbackInvitation, answer, question
from services.console.frame.capabilities import ByLink
from services.console.frame.forms import sent
from services.console.frame.link_page import LinkPage
from services.console.frame.texts import msgid


async def show(page: LinkPage) -> Response:
    """Ask about a session; who has answered is thanked."""
    return await _show(page)


async def act(page: LinkPage, form: FormData) -> Response:
    """Answer about a session, once."""
    said = sent(form, "satisfaction"), sent(form, "comment")
    try:
        await answer(page.api, page.opened.about, sent(form, "key"), said)
    except ServiceProblem as problem:
        return await _show(page, None if problem.status_code == HTTPStatus.NOT_FOUND else problem, said)
    return page.go()


async def _show(page: LinkPage, problem: ServiceProblem | None = None, said: tuple[str, str] = ("", "")) -> Response:
    path = at("/v1/invitations/{}", page.opened.about)
    invitation = await page.api.one(FeedbackInvitation, "evaluation", path)
    title = msgid("Thank you, your answer has come") if invitation.is_answered else ""
    return page.html(
        "feedback/by_link.html",
        page.say(title) if title else question(page, invitation),
        program=await page.program(invitation.program_id),
        invitation=invitation,
        problem=None if invitation.is_answered else problem,
        said=said,
    )


by_link = ByLink(show, act)
