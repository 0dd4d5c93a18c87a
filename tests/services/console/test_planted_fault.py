"""A handler fails for good: its dead letter is seen, grouped, rehearsed and tried again, and its tree completes."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.engine.authoring.handlers import Handler
from shared.engine.failures.lanes import ATTEMPTS
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from tests.services.console.backing import Backing, in_memory
from tests.services.console.browsing import headline, send
from tests.services.console.running_world import world
from tests.services.console.world import KEY, World
from tests.waiting import until


class Planted(Exception):
    """What the handler fails with."""


def on_real_parts(request: pytest.FixtureRequest) -> Backing:
    """A broker and a database as they are."""
    kafka, mongo = request.getfixturevalue("kafka_bootstrap"), request.getfixturevalue("mongo_url")
    return Backing(f"planted-{uuid4().hex[:8]}", lambda: KafkaBus(kafka), lambda name: MongoStore(mongo, name))


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.real)])
def cell(request: pytest.FixtureRequest, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A cell in memory, and one on real parts."""
    monkeypatch.setenv("ITHACA_SIGN_IN_KEY", b64encode(KEY).decode())
    backing: Callable[[], Backing] = in_memory
    if request.param == "real":
        found = on_real_parts(request)
        backing = lambda: found  # noqa: E731 - one that is made already
    with world(tmp_path, [], backing) as made:
        yield made


@pytest.fixture
def fault(cell: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Whoever accepts a match has no relationship, until the patch is undone."""

    def broken(*_: object, **__: object) -> None:
        raise Planted

    handler: Handler = cell.cell.engines["sessions"].service.by_name["start-relationship"]
    with monkeypatch.context() as planted:
        planted.setattr(handler, "function", broken)
        yield planted


def accepted(cell: World) -> str:
    """A match that both have accepted; its id."""
    program = str(cell.ask("intake", "CreateProgram", title="Mentoring")["id"])
    cell.ask("intake", "PublishProgram", program_id=program)
    mentor, mentee = cell.add_person("Grace Hopper"), cell.add_person("Mia Conti")
    applied = cell.apply(program, mentor, "mentor", seats=1), cell.apply(program, mentee, "mentee")
    for application in applied:
        cell.ask("intake", "ApproveApplication", application_id=application)
    match = cell.propose(program, *applied)
    for person in (mentor, mentee):
        cell.ask("matching", "AcceptMatch", f"person/{person}", match_id=match)
    return match


def die(cell: World, operator: httpx.Client) -> None:
    """Have the message tried as often as it may be, from the page of lanes."""

    async def is_dead() -> bool:
        return bool(await cell.cell.engines["sessions"].store.count("deadletter", {}))

    async def tried() -> bool:
        return bool(await cell.cell.engines["sessions"].store.count("parked", {})) or await is_dead()

    for _ in range(ATTEMPTS):
        cell.run(until(tried))
        if cell.run(is_dead()):
            return
        operator.post("/operator/waiting/wake", data={"service": "sessions"})
    cell.run(until(is_dead))


def test_a_planted_fault_is_seen_grouped_rehearsed_and_tried_again_and_its_tree_completes(
    cell: World, fault: pytest.MonkeyPatch
) -> None:
    accepted(cell)
    with cell.browser() as operator:
        cell.sign_in_operator(operator)
        die(cell, operator)
        seen = operator.get("/operator/dead-letters")
        assert headline(seen) == "One cause needs you."
        assert "Planted" in seen.text
        assert "tests/services/console/test_planted_fault.py in broken" in seen.text
        path = re.search(r'href="(/operator/dead-letters/sessions/[0-9a-f]+)"', seen.text)
        assert path
        dry = operator.get(path[1], params={"dry_run": "true"})
        assert ("would fail again" in dry.text, "would be done" in dry.text) == (True, False)
        trace = operator.get(re.search(r'href="(/operator/trace\?[^"]+)"', dry.text)[1])  # type: ignore[index]  # there
        assert "start-relationship was given up: Planted" in trace.text
        assert "RelationshipStarted" not in trace.text
        fault.undo()
        dry = operator.get(path[1], params={"dry_run": "true"})
        assert "It would cause RelationshipStarted." in dry.text
        assert headline(operator.get("/operator/dead-letters")).startswith("One cause"), "a dry run does nothing"
        done = send(operator, dry, "/replay")
        assert headline(done) == "Nothing of it is left."
        assert "One was handed on." in done.text
        cell.told("RelationshipStarted")
        completed = operator.get(str(trace.url))
        assert "RelationshipStarted" in completed.text
        assert "start-relationship was given up" not in completed.text
        assert headline(operator.get("/operator/dead-letters")) == "There is no dead letter."


def test_what_is_discarded_takes_a_reason_which_is_on_record(cell: World, fault: pytest.MonkeyPatch) -> None:
    accepted(cell)
    with cell.browser() as operator:
        cell.sign_in_operator(operator)
        die(cell, operator)
        path = re.search(
            r'href="(/operator/dead-letters/sessions/[0-9a-f]+)"', operator.get("/operator/dead-letters").text
        )
        assert path
        refused = send(operator, operator.get(path[1]), "/discard", why="  ")
        assert (refused.status_code, "Say why" in refused.text) == (422, True)
        assert headline(operator.get("/operator/dead-letters")).startswith("One cause")
        gone = send(operator, operator.get(path[1]), "/discard", why="a test has planted it")
        assert headline(gone) == "Nothing of it is left."
        store = cell.cell.engines["sessions"].store
        (line,) = cell.run(store.find("audit", {"action": "dead_letters.discard"}))
        assert (line["details"]["why"], line["actor"]) == ("a test has planted it", "operator/operator")
