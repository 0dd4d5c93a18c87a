"""A page: who looks at it, what it asks the services, and how it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse

from services.console.api import Api, Done, Rows, ServiceProblem
from services.console.frame.capabilities import Frame, Place, managers, operators
from services.console.frame.reader import Reader
from services.console.frame.rendering import render
from services.console.frame.shell import Greeted, Line, Named, Notice, Part, Shell, Switch
from services.console.frame.surroundings import Around, ProgramShown, key_of, remembered, surroundings
from services.console.frame.texts import Texts, msgid, spoken
from services.console.held.holding import Held, HeldShown, held_by, hold
from services.console.live.hub import AFTER, HURRY, Told
from services.console.live.model import Latest
from services.console.live.signals import NAMES
from shared.engine.authoring.reader import Reader as Stored
from shared.web.auth import Caller
from shared.web.trail.drafts import DEPLOYMENT

NO_STORE = {"Cache-Control": "no-store"}
SEE_OTHER = 303
MOST_SWITCHES = 12
"""Programs that the frame offers to switch to; the page of programs has all."""
MOST_COUNTED = 1_000
"""In a place of the navigation."""


@dataclass(frozen=True)
class Page(Reader):
    """One request for a page by somebody who is signed in."""

    request: Request
    frame: Frame
    api: Api
    caller: Caller
    texts: Texts
    around: Around
    machine_now: datetime
    held: Sequence[HeldShown] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    """How much waits where the navigation leads; nothing is said of places where nothing does."""
    saving: str = ""
    """How what was just done stands: "" as soon as all pages know of it, else "saving", or "accepted" after a while."""

    @property
    def now(self) -> datetime:
        """What time it is for whoever looks: in a sandbox, what its clock shows."""
        clock = self.around.clock
        return clock.now + (self.machine_now - self.around.read_at) if clock else self.machine_now

    @property
    def came_from(self) -> str:
        """The page from which a form was sent; Today if that is none of ours."""
        return back(self.request)

    @property
    def zone(self) -> str:
        """Where whoever looks is."""
        return self.around.card.time_zone

    @property
    def person_id(self) -> str:
        """Who looks."""
        return self.caller.subject

    def seconds_until(self, at: datetime) -> int:
        """Return how many whole seconds are left; none if it is past."""
        return max(0, int((at - self.now).total_seconds()))

    @property
    def managed(self) -> list[ProgramShown]:
        """The programs that whoever looks runs."""
        return [one for one in self.around.programs if managers(self.caller, one.id)]

    def so_many(self, rows: Rows[Any]) -> str:
        """Write how many rows there are, as far as they were read."""
        return self.texts.number(len(rows.items)) + ("+" if rows.next else "")

    def program(self, id: str) -> ProgramShown | None:
        """Return a program of the organization."""
        return next((one for one in self.around.programs if one.id == id), None)

    def html(
        self,
        template: str,
        title: str,
        *,
        program_id: str = "",
        needs_you: bool = False,
        problem: ServiceProblem | None = None,
        **content: Any,  # whatever the template takes
    ) -> HTMLResponse:
        """Show a page, whose title begins with how things are. A service may have a `problem` with a form of it."""
        shell = self._shell(title, program_id, needs_you)
        body = render(self.texts.language, template, frame=shell, page=self, problem=problem, **content)
        return HTMLResponse(body, problem.status_code if problem else 200, NO_STORE)

    def holds(self, about: str) -> bool:
        """Return whether something about that id is held, and can be taken back."""
        return any(one.about == about and one.is_held for one in self.held)

    async def hold(self, held: Held, key: str, then: str) -> RedirectResponse:
        """Have a command sent in some seconds, unless it is taken back, and lead on; raises `ServiceProblem`."""
        state, token = self.request.app.state, self.request.scope["visit"].access_token
        if not await hold(state, self.caller, token, held, key):
            await self.api.do(held.service, held.path, held.body, key)
        return self.go(then)

    async def follow(self, path: str, kind: str, id: str, done: Done) -> RedirectResponse:
        """Lead on when pages know of what was done; where that takes longer, the page says so, and asks again.

        Only for commands that always tell of something: what `kind` names is what the event is about.
        """
        told = Told(Latest.key(kind, id), done.number, self.machine_now)
        if await told.within(HURRY, self.request.app.state.store, self.caller.tenant):
            return self.go(path)
        return self.go(f"{path}{'&' if '?' in path else '?'}{urlencode({AFTER: told.written})}")

    def go(self, path: str) -> RedirectResponse:
        """Lead on to a page after something was done, so that loading it again does nothing twice."""
        remembered(self.request).forget(key_of(self.caller))
        return RedirectResponse(path, SEE_OTHER, NO_STORE)

    def _shell(self, title: str, program_id: str, needs_you: bool) -> Shell:
        program = self.program(program_id)
        is_operator = operators(self.caller, "")
        notice = (
            Notice("stale", self.say(msgid("Intake does not answer: names may be old.")))
            if self.around.is_stale
            else None
        )
        return Shell(
            locale=self.texts.language,
            direction=self.texts.direction,
            title=title,
            zone=self.zone,
            now=self.now,
            needs_you=needs_you,
            organization=Named(
                self.around.organization.name,
                self.say(msgid("Operator")) if is_operator else program.title if program else "",
            ),
            person=None if is_operator else Greeted(self.around.card.name, self.zone),
            navigation=self._navigation(program_id),
            switches=[*self._other_programs(program_id), *self._other_organizations()],
            sandbox=self.around.clock if "admin" in self.caller.roles else None,
            notice=notice,
            nonce=self.request.scope["nonce"] if self.request.scope["visit"].signed_in else "",
            position=self.request.scope["position"],
            signals=NAMES,
            held=self.held,
            away=self.api.memory.away if self.api.memory else {},
            saving=self.saving,
        )

    def _other_programs(self, program_id: str) -> list[Switch]:
        """The other programs that whoever looks runs, each at the page of it that is like this one."""
        path, small = self.request.url.path, self.say(msgid("Program"))
        page_of_it = path.removeprefix(f"/programs/{program_id}")
        inside = page_of_it if program_id and page_of_it.strip("/").isalpha() and page_of_it != path else ""
        others = [one for one in self.managed if one.id != program_id]
        return [Switch(one.title, small, f"/programs/{one.id}{inside}") for one in others[:MOST_SWITCHES]]

    def _other_organizations(self) -> list[Switch]:
        """The other organizations in which somebody is signed in in this browser."""
        small = self.say(msgid("Organization"))
        names = remembered(self.request).names | {DEPLOYMENT: self.say(msgid("Operator"))}
        others = (key.partition(".")[0] for key in self.request.scope["visit"].keys[1:])
        return [Switch(names.get(tenant, tenant), small, value=tenant) for tenant in others]

    def _navigation(self, program_id: str) -> list[Part]:
        program = self.program(program_id)
        titles = {Place.PROGRAM: program.title if program else "", Place.ORGANIZATION: self.around.organization.name}
        titles[Place.CELL] = self.say(msgid("The deployment"))
        here = self.request.url.path
        parts = dict[Place, list[Line]]()
        for entry in self.frame.entries(self.caller, program_id if program else ""):
            href = entry.href.format(program_id=program_id)
            line = Line(self.say(entry.title), href, entry.icon, here == href, self.counts.get(entry.counts))
            parts.setdefault(entry.place, []).append(line)
        return [Part(titles.get(place, ""), parts[place]) for place in sorted(parts)]


def back(request: Request) -> str:
    """Return the page from which a form was sent; Today if that is none of ours."""
    sent = urlsplit(request.headers.get("referer", ""))
    is_ours = sent.netloc == request.headers.get("host") and not sent.path.startswith("/sign-in")
    return sent.path + (f"?{sent.query}" if sent.query else "") if is_ours else "/today"


async def _page(request: Request) -> Page:
    """Make the page for a request that the gate has let in."""
    visit = request.scope["visit"]
    caller: Caller = request.scope["caller"]
    around = await surroundings(request, visit.api, caller, visit.now)
    words = spoken(request.headers.get("accept-language", ""), around.card.locale)
    held = await held_by(request.app.state, caller.tenant, caller.subject) if visit.signed_in else ()
    after = Told.read(request.query_params.get(AFTER, ""))
    saving = await after.state(request.app.state.store, caller.tenant, visit.now) if after else ""
    counts = await _counts(request, visit.frame, caller) if visit.signed_in else {}
    return Page(request, visit.frame, visit.api, caller, words, around, visit.now, held, counts, saving)


async def _counts(request: Request, frame: Frame, caller: Caller) -> dict[str, int]:
    """How much waits for somebody in the places of their navigation."""
    program_id, stored = request.path_params.get("program_id", ""), Stored(request.app.state.store, caller.tenant)
    places = {entry.counts for entry in frame.entries(caller, program_id) if entry.counts}
    whose = {"program_id": program_id, "person_id": caller.subject}
    found = {one: await stored.count(Latest, {"waits_in": one.format(**whose)}, MOST_COUNTED) for one in places}
    return {place: count for place, count in found.items() if count}


CurrentPage = Annotated[Page, Depends(_page)]
