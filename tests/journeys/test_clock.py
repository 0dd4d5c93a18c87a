"""Weeks of a sandbox organization, in seconds: all services follow its clock, on a real broker and databases."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.intake.clock.model import ClockMoving, SandboxClock
from services.matching.pool.model.participant import Participant
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


async def enroll(cell: Cell, program: str, role: str, name: str, **stated: Any) -> tuple[str, str]:
    """Somebody takes part; returns the ids of the person and the application."""
    person = await id_of(
        cell.ask("intake", "AddPerson", name=name, email=f"{name}@example.org", locale="en", time_zone="Europe/Rome")
    )
    profile = {"languages": ("en",), "seats": 3} | stated
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


async def publish_run(cell: Cell, program: str, people: int) -> None:
    """The pool is matched as soon as so many are in it, and the pairs are proposed."""

    async def are_in() -> bool:
        store = Reader(cell.engines["matching"].store, cell.tenant)
        return len(await store.every(Participant, {"program_id": program})) == people

    await until(are_in)
    run = await id_of(cell.ask("matching", "RequestMatchRun", program_id=program))
    await cell.until_told("MatchRunCompleted")
    await cell.ask("matching", "PublishRun", run_id=run)


async def accept_last(cell: Cell, proposals: int) -> dict[str, Any]:
    """Both say yes to the last of so many proposals; returns what it says."""
    proposed = data((await cell.until_told("MatchProposed", proposals))[-1])
    for side in ("mentor", "mentee"):
        await cell.ask("matching", "AcceptMatch", f"person/{proposed[f'{side}_id']}", match_id=proposed["match_id"])
    return proposed


def data(event: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(event["data"])
    return read


async def told_there_is_nobody(cell: Cell) -> Counter[str]:
    """How many mails have said to whom that there is no match yet."""
    sent = map(data, await cell.told("NotificationSent"))
    return Counter(one["person_id"] for one in sent if one["template"] == "left_without_match")


def test_who_is_left_over_is_told_once_then_monthly_and_has_the_seat_when_it_is_free(
    tell: Callable[[Story], None],
) -> None:
    async def story(cell: Cell) -> None:
        program = await id_of(cell.ask("intake", "CreateProgram", title="Mentoring"))
        await cell.ask("intake", "PublishProgram", program_id=program)
        await enroll(cell, program, "mentor", "ada", seats=1, areas=("Backend", "Cloud"))
        wishes = {"mary": ("Design", "Mobile"), "joan": ("Design", "Cloud"), "grace": ("Backend", "Cloud")}
        people = {name: await enroll(cell, program, "mentee", name, areas=areas) for name, areas in wishes.items()}
        mary, joan, grace = (person for person, _ in people.values())
        await publish_run(cell, program, people=4)
        first = await accept_last(cell, proposals=1)
        assert first["mentee_id"] == grace
        await cell.until_told("LeftWithoutMatch", 2)
        await advance(cell, "P1D")
        await arrive(cell)
        assert await told_there_is_nobody(cell) == {joan: 1, mary: 1}
        await advance(cell, "P60D")
        await arrive(cell)
        assert await told_there_is_nobody(cell) == {joan: 3, mary: 3}
        await cell.ask("matching", "UnwindMatch", match_id=first["match_id"])
        await advance(cell, "PT1H")
        await arrive(cell)
        second = await accept_last(cell, proposals=2)
        assert second["mentee_id"] == joan
        assert [data(one)["person_id"] for one in await cell.told("WaitingEnded")] == [joan]
        await advance(cell, "P32D")
        await arrive(cell)
        assert await told_there_is_nobody(cell) == {joan: 3, mary: 4, grace: 2}

    tell(story)


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
