"""Mails that are stopped by the link at their end, or by the button of a mail program (RFC 8058)."""

from starlette.datastructures import FormData
from starlette.responses import Response

from services.console.api import at
from services.console.frame.capabilities import ByLink
from services.console.frame.forms import sent
from services.console.frame.link_page import LinkPage
from services.console.frame.texts import msgid
from services.console.inbox.views import CHOICES, Choices

ONE_CLICK = "List-Unsubscribe"
"""What a mail program sends, which follows no redirect."""


async def show(page: LinkPage) -> Response:
    """Show which mails it is about, and whether they come."""
    return await _show(page)


async def act(page: LinkPage, form: FormData) -> Response:
    """Stop these mails, or get them again."""
    wish = "resume" if sent(form, "answer") == "resume" else "stop"
    path = at("/v1/people/{}/letters/{}/{}", page.person_id, page.opened.about, wish)
    await page.api.do("notify", path, key=sent(form, "key"))
    return await _show(page) if ONE_CLICK in form else page.go()


async def _show(page: LinkPage) -> Response:
    choices = await page.api.one(Choices, "notify", at("/v1/people/{}/letters", page.person_id))
    is_stopped = any(one.is_stopped for one in choices.items if one.choice == page.opened.about)
    kind = page.say(CHOICES.get(page.opened.about, page.opened.about))
    words = msgid("You get these mails no longer") if is_stopped else msgid("Do you want these mails no longer?")
    return page.html("inbox/by_link.html", page.say(words), kind=kind, is_stopped=is_stopped)


by_link = ByLink(show, act)
