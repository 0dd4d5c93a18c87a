"""The page on which somebody answers about a session."""

from typing import Annotated

from fastapi import Form
from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.feedback.by_link import by_link
from services.console.feedback.views import FeedbackInvitation, answer, question
from services.console.frame.capabilities import Capability, Urgency, Waiting
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import PERSON
from shared.engine.authoring.links import Purpose
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))

Step = Annotated[str, Form(max_length=4)]


@routes.get("/feedback/{invitation_id}")
async def show_feedback(invitation_id: str, page: CurrentPage) -> Response:
    """Ask about a session."""
    return await _ask(page, invitation_id)


@routes.post("/feedback/{invitation_id}")
async def give_feedback(
    invitation_id: str, page: CurrentPage, key: Key, satisfaction: Step = "", comment: Text = ""
) -> Response:
    """Answer about a session."""
    try:
        await answer(page.api, invitation_id, key, (satisfaction, comment))
    except ServiceProblem as problem:
        return await _ask(page, invitation_id, problem, comment)
    return page.go("/today")


async def _ask(page: Page, id: str, problem: ServiceProblem | None = None, comment: str = "") -> Response:
    invitation = await page.api.one(FeedbackInvitation, "evaluation", at("/v1/invitations/{}", id))
    if invitation.is_answered:
        return page.html("feedback/answered.html", page.say(msgid("You have answered this")))
    title = question(page, invitation)
    return page.html("feedback/feedback.html", title, invitation=invitation, problem=problem, comment=comment)


async def _asked(page: Page) -> list[FeedbackInvitation]:
    return await page.api.every(FeedbackInvitation, "evaluation", at("/v1/people/{}/invitations", page.person_id))


async def waits(page: Page) -> list[Waiting]:
    """Return the questions that wait for an answer."""
    return [
        Waiting(
            Urgency.WHENEVER,
            question(page, invitation),
            page.say(msgid("Two questions")),
            f"/feedback/{invitation.id}",
            page.say(msgid("Answer")),
        )
        for invitation in await _asked(page)
    ]


feedback = Capability(routes, waits=waits, by_link={Purpose.FEEDBACK: by_link})
