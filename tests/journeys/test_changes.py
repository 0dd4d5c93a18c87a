"""What people change on the way goes through all services: they part, leave, pause, and look for more."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.evaluation.figures.model import ApplicationFact, MatchFact
from services.evaluation.risks.model import RelationshipWatch
from services.matching.pool.model.participant import Participant
from services.matching.pool.model.profile import ProfileCopy
from services.notify.messages.model.notification import Notification
from services.sessions.relationships.model import Relationship, RelationshipStatus, relationship_of
from shared.clock import system_clock
from shared.engine.authoring.reader import A, Reader
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.ids import MatchId
from tests.journeys.cell import Cell, running
from tests.services.notify import mail_servers
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import use
from tests.waiting import until

Story = Callable[["Town"], Coroutine[Any, Any, None]]

STATED = {"languages": ("en",), "areas": ("Backend",)}
"""What everybody has in common."""

LONG = 300.0
"""Seconds that anything may take on a machine that does much else."""


class Town:
    """A program with the people in it: applications and persons by name."""

    def __init__(self, cell: Cell, program: str) -> None:
        self.cell, self.program = cell, program
        self.people = dict[str, str]()
        self.applications = dict[str, str]()

    async def enroll(self, role: str, name: str, **profile: Any) -> None:
        """Somebody takes part, and matching knows of it."""
        facts = {"name": name, "email": f"{name}@example.org", "locale": "en", "time_zone": "Europe/Rome"}
        self.people[name] = person = await id_of(self.cell.ask("intake", "AddPerson", **facts))
        wanted = {"program_id": self.program, "person_id": person, "role": role}
        asked = self.cell.ask("intake", "SubmitApplication", **wanted, profile={**STATED, **profile})
        self.applications[name] = await id_of(asked)
        await self.cell.ask("intake", "ApproveApplication", application_id=self.applications[name])
        await self.kept("matching", Participant, self.applications[name], lambda one: one.status == "in")
        await self.kept("matching", ProfileCopy, self.applications[name], lambda copy: copy.person_id == person)

    async def act(self, service: str, command: str, name: str, **fields: Any) -> str:
        """The person asks for something, as soon as the service knows enough to grant it; returns the id."""
        granted = list[str]()

        async def is_granted() -> bool:
            try:
                granted.append(await id_of(self.cell.ask(service, command, f"person/{self.people[name]}", **fields)))
            except Exception:
                return False
            return True

        await until(is_granted, LONG)
        return granted[0]

    async def own(self, command: str, name: str, **fields: Any) -> None:
        """The person changes how they take part."""
        await self.act("intake", command, name, application_id=self.applications[name], **fields)

    async def match(self, mentor: str, mentee: str) -> str:
        """The two are proposed to each other, and both say yes; returns the match."""
        wanted = {
            "program_id": self.program,
            "mentor_application_id": self.applications[mentor],
            "mentee_application_id": self.applications[mentee],
        }
        found = list[str]()

        async def is_possible() -> bool:
            try:
                found.append(await id_of(self.cell.ask("matching", "ProposeMatch", **wanted)))
            except Exception:
                return False
            return True

        await until(is_possible, LONG)
        for name in (mentee, mentor):
            await self.act("matching", "AcceptMatch", name, match_id=found[0])
        await self.told("RelationshipStarted", match_ids=[found[0]])
        return found[0]

    async def told(self, name: str, **facts: object) -> dict[str, Any]:
        """What the first event of that name with these facts says, as soon as it has been told."""

        async def find() -> dict[str, Any] | None:
            every = [json.loads(event["data"]) for event in await self.cell.told(name)]
            return next((one for one in every if facts.items() <= one.items()), None)

        return await until(find, LONG)

    async def kept(self, service: str, kind: type[A], id: str, is_so: Callable[[A], bool]) -> None:
        """Wait until what a service keeps is so."""
        reader = Reader(self.cell.engines[service].store, self.cell.tenant)

        async def holds() -> bool:
            return any(is_so(one) for one in await reader.many(kind, [id]))

        await until(holds, LONG)

    async def mailed(self, template: str, *names: str) -> None:
        """Wait until these people, and nobody else, have a message by that template."""
        reader = Reader(self.cell.engines["notify"].store, self.cell.tenant)

        async def holds() -> bool:
            every = await reader.every(Notification, {})
            of_them = {one.person_id for one in every if one.draft.template == template}
            return of_them == {self.people[name] for name in names}

        await until(holds, LONG)


async def id_of(answer: Awaitable[Any]) -> str:
    return str(json.loads((await answer).body)["id"])


@pytest.fixture
def tell() -> Iterator[Callable[[Story], None]]:
    """Runs a story in a cell that is all in memory, whose mails are taken."""
    with pytest.MonkeyPatch.context() as settings, mail_servers.running(Postmaster()) as server:
        settings.setenv("ITHACA_MAIL_FROM", "mentoring@harbor.example")
        use(server, settings)
        yield lambda story: asyncio.run(tell_one(story))


async def tell_one(story: Story) -> None:
    bus = MemoryBus()
    async with running("changes", lambda: bus, lambda _: MemoryStore(), system_clock) as cell:
        cell.tenant = "harbor"
        place = {"locale": "en", "time_zone": "Europe/Rome"}
        await cell.ask("intake", "RegisterOrganization", slug="harbor", name="Harbor", **place)
        program = await id_of(cell.ask("intake", "CreateProgram", title="Mentoring"))
        await cell.ask("intake", "PublishProgram", program_id=program)
        await story(Town(cell, program))


def test_a_rematch_ends_the_relationship_and_looks_for_the_next_best(tell: Callable[[Story], None]) -> None:
    async def story(town: Town) -> None:
        await town.enroll("mentor", "ada", seats=1)
        await town.enroll("mentee", "ben")
        match = await town.match("ada", "ben")
        starts_at = (system_clock() + timedelta(days=3)).isoformat()
        relationship = relationship_of(MatchId(match))
        wanted = {"relationship_id": relationship, "starts_at": starts_at, "time_zone": "Europe/Rome"}
        session = await town.act("sessions", "ScheduleSession", "ben", **wanted)
        await town.enroll("mentor", "eve", seats=1)
        await town.act("matching", "RequestRematch", "ben", match_id=match)
        ended = await town.told("RelationshipEndedEarly", relationship_id=relationship)
        assert ended["reason"] == "rematch"
        await town.told("SessionCancelled", session_id=session)
        await town.told("MatchProposed", mentor_application_id=town.applications["eve"])
        await town.mailed("match_unwound", "ada", "ben")
        await town.mailed("session_cancelled", "ada", "ben")
        await town.kept("evaluation", MatchFact, match, lambda fact: fact.unwound is not None)
        await town.kept("evaluation", RelationshipWatch, relationship, lambda watch: watch.has_ended)

    tell(story)


def test_who_leaves_ends_what_was_agreed_and_the_partner_goes_on(tell: Callable[[Story], None]) -> None:
    async def story(town: Town) -> None:
        await town.enroll("mentor", "ada", seats=1)
        await town.enroll("mentee", "ben")
        match = await town.match("ada", "ben")
        await town.enroll("mentor", "eve", seats=1)
        await town.own("LeaveProgram", "ada")
        assert (await town.told("MatchUnwound", match_id=match))["reason"] == "left"
        is_over = RelationshipStatus.ENDED_EARLY
        relationship = relationship_of(MatchId(match))
        await town.kept("sessions", Relationship, relationship, lambda found: found.status is is_over)
        await town.told("MatchProposed", mentor_application_id=town.applications["eve"])
        gone = town.applications["ada"]
        await town.kept("evaluation", ApplicationFact, gone, lambda fact: fact.withdrawn is not None)

    tell(story)


def test_who_pauses_keeps_the_match_and_is_asked_again_after_it(tell: Callable[[Story], None]) -> None:
    async def story(town: Town) -> None:
        await town.enroll("mentor", "ada", seats=1)
        await town.enroll("mentee", "ben")
        match = await town.match("ada", "ben")
        await town.own("PauseParticipant", "ada")
        await town.own("ChangeCapacity", "ada", capacity=2)
        await town.own("ResumeParticipant", "ada")
        await town.enroll("mentee", "cleo")
        await town.match("ada", "cleo")
        goes_on = RelationshipStatus.ACTIVE
        relationship = relationship_of(MatchId(match))
        await town.kept("sessions", Relationship, relationship, lambda found: found.status is goes_on)

    tell(story)


def test_a_mentee_who_looks_for_two_mentors_works_with_both(tell: Callable[[Story], None]) -> None:
    async def story(town: Town) -> None:
        await town.enroll("mentor", "ada", seats=1)
        await town.enroll("mentor", "eve", seats=1)
        await town.enroll("mentee", "ben")
        await town.own("ChangeCapacity", "ben", capacity=2)
        await town.match("ada", "ben")
        await town.match("eve", "ben")

    tell(story)
