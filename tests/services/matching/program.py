"""A program with its pool on the engine in memory, for tests of the matching service."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any, TypeVar

from pydantic import BaseModel

from services.matching.proposals.commands import AcceptMatch, DeclineMatch, ProposeMatch
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.match_status import DeclineReason, MatchStatus
from services.matching.runs.commands import PublishRun, RequestMatchRun
from services.matching.service import service
from services.matching.waitlist.freed_seats import SOON
from shared.contracts.event import Event
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationWithdrawn,
    CapacityChanged,
    ParticipantLeft,
    ParticipantPaused,
    ParticipantResumed,
    Profile,
    ProgramPublished,
    ProgramRules,
    Role,
)
from shared.contracts.matching import MatchProposed
from shared.engine.authoring.aggregate import Removed
from shared.engine.authoring.answer import Answer
from shared.engine.authoring.context import NotYet
from shared.engine.batch.message import Message
from shared.engine.execution.executor import Executor
from shared.engine.failures import lanes
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Write
from shared.errors import Refusal
from shared.ids import ApplicationId, MatchId, MatchRunId, PersonId, ProgramId
from tests.scenario import Scenario

E = TypeVar("E", bound=Event)

PROGRAM = ProgramId("p1")


def program(**rules: Any) -> Scenario:
    """A published program with nobody in its pool."""
    scenario = Scenario(service)
    scenario.when(
        ProgramPublished(program_id=PROGRAM, title="Tech", cadence="monthly", months=6, rules=ProgramRules(**rules))
    )
    return scenario


def with_people(mentors: dict[str, int], mentees: list[str], **rules: Any) -> Scenario:
    """A program whose mentors have so many seats; who speaks what is the same for all."""
    scenario = program(**rules)
    for name, seats in mentors.items():
        take_part(scenario, name, Role.MENTOR, seats=seats)
    for name in mentees:
        take_part(scenario, name, Role.MENTEE)
    return scenario


def take_part(scenario: Scenario, name: str, role: Role, **stated: Any) -> None:
    """The application of a person has the person's name."""
    scenario.when(profile(name, role, **stated))
    scenario.when(approved(name, role))


def profile(name: str, role: Role, **stated: Any) -> Profile:
    return Profile.model_validate(about(name, role) | stated)


def approved(name: str, role: Role) -> ApplicationApproved:
    return ApplicationApproved(**about(name, role))


def withdrawn(name: str, role: Role) -> ApplicationWithdrawn:
    return ApplicationWithdrawn(**about(name, role))


def left(name: str, role: Role) -> ParticipantLeft:
    return ParticipantLeft(**about(name, role))


def paused(name: str, role: Role) -> ParticipantPaused:
    return ParticipantPaused(**about(name, role))


def resumed(name: str, role: Role) -> ParticipantResumed:
    return ParticipantResumed(**about(name, role))


def capacity(name: str, role: Role, capacity: int) -> CapacityChanged:
    return CapacityChanged(**about(name, role), capacity=capacity)


def about(name: str, role: Role) -> dict[str, Any]:
    """What all events on a participant have."""
    ids = {"application_id": ApplicationId(name), "program_id": PROGRAM, "person_id": PersonId(f"p-{name}")}
    return {**ids, "role": role}


def pair(mentor: str, mentee: str) -> dict[str, Any]:
    """What all commands on two people have."""
    ids = {"mentor_application_id": ApplicationId(mentor), "mentee_application_id": ApplicationId(mentee)}
    return {"program_id": PROGRAM, **ids}


def remove_profile(scenario: Scenario, name: str) -> Answer:
    """As the people topic says it after a withdrawal."""
    return remove_state(scenario, "profile", name)


def remove_state(scenario: Scenario, copy: str, id: str) -> Answer:
    """As the people topic says it of a state that is gone."""
    handler, sequence = service.by_name[f"copy-{copy}"], int(scenario.now.timestamp() * 1000) + 1
    message = Message(handler, f"gone-{id}", scenario.tenant, body=Removed(subject_id=id), lane=f"{copy}/{id}")
    message.sequence = sequence
    return scenario.loop.run_until_complete(scenario.executor.handle([message]))[0]


def hear_in_order(scenario: Scenario, order: Sequence[str], heard: Mapping[str, BaseModel]) -> None:
    """What happened is heard of in this order; what had to wait for something is handled once all is there."""
    late = False
    for what in order:
        try:
            scenario.when(heard[what])
        except NotYet:
            late = True
    if late:
        take_up_parked(scenario)


def take_up_parked(scenario: Scenario) -> None:
    """Let every message that waits try again."""
    for row in scenario.loop.run_until_complete(scenario.store.find(lanes.ROWS, {})):
        message = lanes.unpark(row, service.by_name[row["handler"]])
        scenario.loop.run_until_complete(scenario.executor.handle([message]))


def propose(scenario: Scenario, mentor: str, mentee: str) -> MatchId:
    """By hand; the id of the match."""
    answer = try_to_propose(scenario, mentor, mentee)
    assert answer.status == 201, answer.error
    return last(scenario, MatchProposed).match_id


def try_to_propose(scenario: Scenario, mentor: str, mentee: str) -> Answer:
    return scenario.when(ProposeMatch(**pair(mentor, mentee)))


def match_both(scenario: Scenario, mentor: str, mentee: str) -> MatchId:
    """Propose by hand, and have both accept."""
    match_id = propose(scenario, mentor, mentee)
    assert accept_both(scenario, match_id).status == 200
    return match_id


def accept(scenario: Scenario, match_id: MatchId, name: str) -> Answer:
    return scenario.when(AcceptMatch(match_id=match_id), actor=f"person/p-{name}")


def accept_both(scenario: Scenario, match_id: MatchId) -> Answer:
    match = scenario.get(Match, match_id)
    accept(scenario, match_id, match.mentee_application_id)
    return accept(scenario, match_id, match.mentor_application_id)


def decline(scenario: Scenario, match_id: MatchId, name: str) -> Answer:
    command = DeclineMatch(match_id=match_id, reason=DeclineReason.NO_TIME)
    return scenario.when(command, actor=f"person/p-{name}")


def run(scenario: Scenario) -> MatchRunId:
    """Request a run and have it computed."""
    answer = scenario.when(RequestMatchRun(program_id=PROGRAM))
    assert answer.status == 201, answer.error
    scenario.perform()
    return MatchRunId(json.loads(answer.body)["id"])


def publish(scenario: Scenario, run_id: MatchRunId) -> Answer:
    return scenario.when(PublishRun(run_id=run_id))


class Late(MemoryStore):
    """The database as a process sees it that has read everything, and then is slower than another one."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__()
        self.collections = store.collections
        self.has_read, self.may_write = asyncio.Event(), asyncio.Event()

    async def transact(self, writes: Sequence[Write]) -> None:
        """Wait for the other one."""
        self.has_read.set()
        await self.may_write.wait()
        await super().transact(writes)


def race(scenario: Scenario, first: Message, second: Message) -> list[Answer]:
    """Two messages at once, in two processes: the second one has read before the first one writes."""

    async def both() -> list[Answer]:
        store = Late(scenario.store)
        executor = Executor(service, store, lambda: scenario.now, Random(2))
        waiting = asyncio.create_task(executor.handle([second]))
        await store.has_read.wait()
        answers = await scenario.executor.handle([first])
        store.may_write.set()
        return [*answers, *await waiting]

    return scenario.loop.run_until_complete(both())


def answers_due(scenario: Scenario) -> dict[str, datetime]:
    """The timers of proposals that are set, by id: when they expire, and when their people are reminded."""
    return {id: due for id, due in scenario.planned().items() if id.startswith(("expire/", "remind/"))}


def seats_are_free(scenario: Scenario) -> None:
    """Let those who wait be looked for, as it is done when seats are free."""
    scenario.advance(SOON).perform().perform()


def status(scenario: Scenario, match_id: MatchId) -> MatchStatus:
    return scenario.get(Match, match_id).status


def proposed(scenario: Scenario) -> list[tuple[str, str]]:
    """Who was proposed to whom so far: mentor, mentee."""
    return [(one.mentor_application_id, one.mentee_application_id) for one in of(scenario, MatchProposed)]


def of(scenario: Scenario, kind: type[E]) -> list[E]:
    return [event for event in scenario.events() if isinstance(event, kind)]


def last(scenario: Scenario, kind: type[E]) -> E:
    return of(scenario, kind)[-1]


def code(answer: Answer) -> str:
    assert isinstance(answer.error, Refusal), answer
    return answer.error.code


def check_nothing_waits(scenario: Scenario) -> None:
    """No message of the service is parked, and none has died."""
    for collection in (lanes.ROWS, DeadLetter.collection):
        assert scenario.loop.run_until_complete(scenario.store.find(collection, {})) == []
