"""The pages of the inbox: what one was told, and which mails one wants."""

from starlette.responses import Response

from services.console.api import at
from services.console.frame.capabilities import Capability, Entry, Place, everybody
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage
from services.console.frame.texts import msgid
from services.console.inbox.by_link import by_link
from services.console.inbox.views import CHOICES, Choices, Notices
from shared.engine.authoring.grants import PERSON
from shared.engine.authoring.links import Purpose
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))

TODAY = "/today"


@routes.get("/inbox")
async def show_inbox(page: CurrentPage) -> Response:
    """Show what one was told lately, the latest first, and which mails one may stop."""
    notices = await page.api.one(Notices, "notify", at("/v1/people/{}/notices", page.person_id))
    choices = await page.api.one(Choices, "notify", at("/v1/people/{}/letters", page.person_id))
    title = page.say_number("One message is new", "%(num)s messages are new", notices.unread)
    return page.html(
        "inbox/inbox.html",
        title if notices.unread else page.say(msgid("You have read everything")),
        needs_you=bool(notices.unread),
        notices=notices,
        choices=choices.items,
        kinds=CHOICES,
    )


@routes.post("/inbox/read")
async def read_all(page: CurrentPage, key: Key) -> Response:
    """Note that one has read all that has come so far."""
    await page.api.do("notify", at("/v1/people/{}/notices/read", page.person_id), key=key)
    return page.go("/inbox")


@routes.post("/inbox/letters")
async def choose(page: CurrentPage, key: Key, choice: Text = "", wish: Text = "stop") -> Response:
    """Stop mails of one kind, or get them again."""
    path = at("/v1/people/{}/letters/{}/{}", page.person_id, choice, "resume" if wish == "resume" else "stop")
    await page.api.do("notify", path, key=key)
    return page.go("/inbox")


@routes.post("/inbox/{notice_id}/open")
async def open_notice(notice_id: str, page: CurrentPage, key: Key) -> Response:
    """Note that one has read a message, and go to the page that it is about."""
    notices = await page.api.one(Notices, "notify", at("/v1/people/{}/notices", page.person_id))
    path = next((f"/{one.path}" for one in notices.items if one.id == notice_id and one.path), TODAY)
    await page.api.do("notify", at("/v1/people/{}/notices/{}/read", page.person_id, notice_id), key=key)
    return page.go(path)


inbox = Capability(
    routes,
    (Entry(Place.FIRST, msgid("Inbox"), "/inbox", "mail", everybody),),
    by_link={Purpose.LETTERS: by_link},
)
