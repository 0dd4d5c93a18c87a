"""Weeks of a sandbox organization, in seconds: all services follow its clock, on a real broker and databases."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.intake.clock.model import ClockMoving, SandboxClock
from shared.clock import system_clock
from shared.engine.authoring.reader import Reader
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from tests.journeys.cell import Cell, running
from tests.services.notify import mail_servers
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import use
from tests.waiting import until

Story = Callable[[Cell], Coroutine[Any, Any, None]]

MEASURED = timedelta(seconds=1)
"""How well the database's time is known to this process, and to spare."""


@pytest.fixture(scope="module")
def tell(kafka_bootstrap: str, mongo_url: str) -> Iterator[Callable[[Story], None]]:
    """Runs a story of a new sandbox; all of them happen in one cell, whose mails are taken."""
    name = f"clock-{uuid4().hex[:8]}"
    with (
        pytest.MonkeyPatch.context() as settings,
        mail_servers.running(Postmaster()) as server,
        asyncio.Runner() as runner,
    ):
        settings.setenv("ITHACA_MAIL_FROM", "mentoring@harbor.example")
        use(server, settings)
        made = running(name, lambda: KafkaBus(kafka_bootstrap), lambda one: MongoStore(mongo_url, one), system_clock)
        cell = runner.run(made.__aenter__())
        try:
            yield lambda story: runner.run(tell_one(cell, story))
        finally:
            runner.run(made.__aexit__(None, None, None))


async def tell_one(cell: Cell, story: Story) -> None:
    cell.tenant = f"sandbox-{uuid4().hex[:8]}"
    place = {"locale": "en", "time_zone": "Europe/Rome"}
    await cell.ask("intake", "RegisterOrganization", slug=cell.tenant, name="Harbor", **place)
    await story(cell)


async def advance(cell: Cell, by: str) -> None:
    await cell.ask("intake", "AdvanceClock", organization_id=cell.tenant, by=by)


async def id_of(answer: Awaitable[Any]) -> str:
    return str(json.loads((await answer).body)["id"])


async def enroll(cell: Cell, program: str, role: str, name: str) -> tuple[str, str]:
    """Somebody takes part; returns the ids of the person and the application."""
    person = await id_of(
        cell.ask("intake", "AddPerson", name=name, email=f"{name}@example.org", locale="en", time_zone="Europe/Rome")
    )
    profile = {"languages": ("en",), "seats": 3}
    asked = cell.ask("intake", "SubmitApplication", program_id=program, person_id=person, role=role, profile=profile)
    application = await id_of(asked)
    await cell.ask("intake", "ApproveApplication", application_id=application)
    return person, application


async def propose(cell: Cell, program: str, mentor: str, mentee: str) -> str:
    """Two are proposed to each other, once matching knows of both."""
    wanted = {"program_id": program, "mentor_application_id": mentor, "mentee_application_id": mentee}
    found = list[str]()

    async def is_possible() -> bool:
        try:
            found.append(await id_of(cell.ask("matching", "ProposeMatch", **wanted)))
        except Exception:
            return False
        return True

    await until(is_possible)
    return found[0]


async def two_proposals(cell: Cell) -> str:
    """Of two proposals, one is accepted by both and one is left unanswered; returns the accepted match's id."""
    program = await id_of(cell.ask("intake", "CreateProgram", title="Mentoring"))
    await cell.ask("intake", "PublishProgram", program_id=program)
    mentor, offers = await enroll(cell, program, "mentor", "ada")
    mentee, wants = await enroll(cell, program, "mentee", "grace")
    _, undecided = await enroll(cell, program, "mentee", "joan")
    match = await propose(cell, program, offers, wants)
    await propose(cell, program, offers, undecided)
    for person in (mentor, mentee):
        await cell.ask("matching", "AcceptMatch", actor=f"person/{person}", match_id=match)
    return match


async def shown(cell: Cell) -> SandboxClock:
    return await Reader(cell.engines["intake"].store, cell.tenant).get(SandboxClock, cell.tenant)


async def arrive(cell: Cell) -> SandboxClock:
    """The clock, when all services have followed it to its target."""

    async def has_arrived() -> bool:
        return not (await shown(cell)).is_moving

    await until(has_arrived, seconds=180)
    return await shown(cell)


def at(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["time"])


def test_what_time_brings_about_happens_in_order_across_services(tell: Callable[[Story], None]) -> None:
    async def story(cell: Cell) -> None:
        await two_proposals(cell)
        began = datetime.now(UTC)
        await advance(cell, "P30D")
        clock = await arrive(cell)
        names = ("RelationshipStarted", "MatchExpired", "RelationshipAtRisk")
        times = {event["type"].split(".")[-2]: at(event) for event in await cell.told(*names)}
        assert list(times) == list(names)
        days = {name: round((time - began) / timedelta(days=1)) for name, time in times.items()}
        assert (days["MatchExpired"], days["RelationshipAtRisk"]) == (7, 10)
        assert clock.reached is not None
        assert clock.reached - began >= timedelta(days=30) - MEASURED
        assert clock.followed.keys() == cell.engines.keys()

    tell(story)


def test_what_was_asked_for_before_has_happened_before_the_clock_moves(tell: Callable[[Story], None]) -> None:
    async def story(cell: Cell) -> None:
        await two_proposals(cell)
        await advance(cell, "P1D")
        clock = await arrive(cell)
        assert clock.reached is not None
        started = await cell.told("RelationshipStarted")
        assert len(started) == 1
        assert clock.reached - at(started[0]) > timedelta(hours=23)

    tell(story)


def test_a_clock_that_moves_is_not_moved_by_another(tell: Callable[[Story], None]) -> None:
    async def story(cell: Cell) -> None:
        answers = await asyncio.gather(advance(cell, "P1D"), advance(cell, "P1D"), return_exceptions=True)
        assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [ClockMoving]
        clock = await arrive(cell)
        assert clock.offset < timedelta(days=2)

    tell(story)


def test_commands_go_on_while_the_clock_moves(tell: Callable[[Story], None]) -> None:
    async def story(cell: Cell) -> None:
        await advance(cell, "P300D")
        programs = 0
        while (await shown(cell)).is_moving:
            program = await id_of(cell.ask("intake", "CreateProgram", title=f"Program {programs}"))
            await cell.ask("intake", "PublishProgram", program_id=program)
            programs += 1
        assert programs > 0
        assert len(await cell.until_told("ProgramPublished", programs)) == programs

    tell(story)
