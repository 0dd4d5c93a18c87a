"""A page that somebody sees who has opened the link of a mail, and is not signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse

from services.console.api import Api, ServiceProblem, Shown, at
from services.console.frame.capabilities import Frame
from services.console.frame.opened_links import PATH, OpenedLink, link_in
from services.console.frame.page import NO_STORE, SEE_OTHER
from services.console.frame.reader import Reader
from services.console.frame.rendering import render
from services.console.frame.shell import Named, Shell
from services.console.frame.texts import Texts, spoken


class Rules(Shown):
    """What a program asks of pairs."""

    session_minutes: int
    first_session_days: int


class LinkProgram(Shown):
    """The program that it is about, and what it takes."""

    title: str
    cadence: str
    months: int
    rules: Rules


@dataclass(frozen=True)
class LinkPage(Reader):
    """One request for a page by a link: what it is for and about, and for whom."""

    request: Request
    frame: Frame
    api: Api
    opened: OpenedLink
    texts: Texts

    @property
    def person_id(self) -> str:
        """Whose link it is."""
        return self.opened.person_id

    @property
    def zone(self) -> str:
        """Where they are."""
        return self.opened.time_zone

    @property
    def now(self) -> datetime:
        """What time it is for them."""
        return self.opened.now

    @property
    def path(self) -> str:
        """Where the link leads, and its forms are sent."""
        return PATH + quote(link_in(self.request.url.path), safe="")

    @property
    def wish(self) -> str:
        """What they want to do, where that takes a further question."""
        return self.request.query_params.get("do", "")

    async def program(self, id: str) -> LinkProgram:
        """Return the program that it is about."""
        return await self.api.one(LinkProgram, "intake", at("/v1/programs/{}", id))

    def html(
        self,
        template: str,
        title: str,
        *,
        program: LinkProgram | None = None,
        problem: ServiceProblem | None = None,
        **content: Any,  # whatever the template takes
    ) -> HTMLResponse:
        """Show the page; a service may have a `problem` with a form of it."""
        shell = Shell(
            locale=self.texts.language,
            direction=self.texts.direction,
            title=title,
            zone=self.zone,
            now=self.now,
            organization=Named(self.opened.organization, program.title if program else ""),
        )
        body = render(
            self.texts.language, template, frame=shell, page=self, program=program, problem=problem, **content
        )
        return HTMLResponse(body, problem.status_code if problem else 200, NO_STORE)

    def go(self) -> RedirectResponse:
        """Show what has become of it, after something was done."""
        return RedirectResponse(self.path, SEE_OTHER, NO_STORE)


async def _link_page(request: Request) -> LinkPage:
    """Make the page for a link that the gate has opened."""
    visit = request.scope["visit"]
    words = spoken(request.headers.get("accept-language", ""), visit.opened.locale)
    return LinkPage(request, visit.frame, visit.api, visit.opened, words)


CurrentLink = Annotated[LinkPage, Depends(_link_page)]
