"""A run while it is computed: followed, cancelled, and taken over from a process that has died."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from services.matching.runs.commands import CancelRun, RequestMatchRun
from services.matching.runs.computation import RunProgressed, RunSolved
from services.matching.runs.model.run import MatchRun, RunStatus
from shared.contracts.matching import MatchRunCompleted
from shared.engine.authoring.aggregate import EffectFailed
from shared.engine.authoring.answer import Ending
from shared.engine.authoring.reader import Reader
from shared.engine.deferred import effects
from shared.engine.deferred.effects import Effects
from shared.engine.execution.queue import Queue
from shared.ids import MatchRunId
from tests.scenario import Scenario
from tests.services.matching.program import PROGRAM, check_nothing_waits, code, of, with_people
from tests.waiting import until

MINUTE = timedelta(minutes=1)


def requested(scenario: Scenario, **settings: Any) -> MatchRunId:
    answer = scenario.when(RequestMatchRun(program_id=PROGRAM, **settings))
    assert answer.status == 201, answer.error
    return MatchRunId(json.loads(answer.body)["id"])


def many() -> Scenario:
    """So many people that groups are not found before somebody has looked."""
    return with_people({f"mentor{at}": 3 for at in range(40)}, [f"mentee{at}" for at in range(90)])


@asynccontextmanager
async def computing(scenario: Scenario) -> AsyncIterator[asyncio.Task[None]]:
    """The effect that is asked for is performed meanwhile, by a process of its own."""
    scenario.executor.queue = Queue()
    executing = asyncio.create_task(scenario.executor.run())
    (row,) = await scenario.store.find(effects.COLLECTION, {})
    performing = Effects(scenario.executor, scenario.store, lambda: scenario.now, Random(1))
    attempt = asyncio.create_task(performing.perform(row))
    try:
        yield attempt
    finally:
        attempt.cancel()
        await asyncio.gather(attempt, return_exceptions=True)
        scenario.executor.queue.close()
        await executing


def has_begun(scenario: Scenario, run_id: MatchRunId) -> Callable[[], Awaitable[MatchRun | None]]:
    async def look() -> MatchRun | None:
        run = await Reader(scenario.store, scenario.tenant).get(MatchRun, run_id)
        return run if run.status is RunStatus.RUNNING else None

    return look


async def first_word(scenario: Scenario) -> None:
    """Wait until something is told; at that moment the attempt is certainly not over."""
    told = asyncio.Event()
    scenario.executor.on_committed.append(lambda _: told.set())
    await told.wait()


def test_while_a_run_is_computed_everybody_sees_how_far_it_is() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    run_id = requested(scenario)
    assert scenario.get(MatchRun, run_id).progress.steps == 0
    scenario.when(RunProgressed(run_id=run_id, step="look 1", steps=3))
    running = scenario.get(MatchRun, run_id)
    assert (running.status, running.progress.step, running.progress.steps) == (RunStatus.RUNNING, "look 1", 3)
    assert running.progress.at == scenario.now
    scenario.perform()
    assert scenario.get(MatchRun, run_id).status is RunStatus.COMPLETED
    scenario.when(RunProgressed(run_id=run_id, step="late", steps=4))
    late = scenario.get(MatchRun, run_id)
    assert late.status is RunStatus.COMPLETED
    assert late.progress.step not in ("", "late")


def test_a_run_that_is_cancelled_while_it_is_computed_ends_and_leaves_nothing() -> None:
    scenario = many()
    run_id = requested(scenario, strategy="group")

    async def cancel_it() -> None:
        async with computing(scenario) as attempt:
            await until(has_begun(scenario, run_id))
            (cancel,) = scenario.messages(CancelRun(run_id=run_id), "client/test")
            assert (await scenario.executor.submit(cancel)).status == 200
            await attempt

    scenario.loop.run_until_complete(cancel_it())
    cancelled = scenario.get(MatchRun, run_id)
    assert (cancelled.status, cancelled.completed_at, cancelled.pair_slices) == (RunStatus.CANCELLED, scenario.now, 0)
    assert scenario.asked() == []
    assert of(scenario, MatchRunCompleted) == []
    check_nothing_waits(scenario)


def test_a_run_that_is_cancelled_before_it_begins_is_never_computed() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    run_id = requested(scenario)
    assert scenario.when(CancelRun(run_id=run_id)).status == 200
    scenario.perform()
    assert scenario.get(MatchRun, run_id).status is RunStatus.CANCELLED
    assert scenario.asked() == []


def test_the_result_of_a_run_that_was_cancelled_meanwhile_is_dropped() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    first = requested(scenario)
    scenario.perform()
    result = scenario.get(MatchRun, first)
    scenario.given(MatchRun(id="r1", program_id=PROGRAM, status=RunStatus.CANCELLED))
    solved = RunSolved.model_validate(
        {"run_id": "r1", "result": {"figures": result.figures, "record": result.record, "pairs": [], "unmatched": []}}
    )
    before = len(of(scenario, MatchRunCompleted))
    scenario.when(solved)
    assert scenario.get(MatchRun, "r1").status is RunStatus.CANCELLED
    assert len(of(scenario, MatchRunCompleted)) == before


def test_a_run_whose_process_has_died_is_computed_by_another_one_soon_after() -> None:
    scenario = many()
    run_id = requested(scenario)

    async def die_in_the_middle() -> None:
        async with computing(scenario) as attempt:
            await first_word(scenario)
            attempt.cancel()

    scenario.loop.run_until_complete(die_in_the_middle())
    (row,) = scenario.asked()
    assert row["attempts"] == 1
    assert row["due"] < scenario.now + 2 * MINUTE
    scenario.now = row["due"]
    scenario.perform()
    completed = scenario.get(MatchRun, run_id)
    assert (completed.status, completed.figures.size) == (RunStatus.COMPLETED, 90)
    assert scenario.asked() == []
    check_nothing_waits(scenario)


@pytest.mark.parametrize("status", RunStatus)
def test_only_what_is_still_to_be_computed_is_cancelled(status: RunStatus) -> None:
    scenario = with_people({}, []).given(MatchRun(id="r1", program_id=PROGRAM, status=status))
    answer = scenario.when(CancelRun(run_id=MatchRunId("r1")))
    if status in (RunStatus.REQUESTED, RunStatus.RUNNING):
        assert (answer.status, scenario.get(MatchRun, "r1").status) == (200, RunStatus.CANCELLED)
        answer = scenario.when(CancelRun(run_id=MatchRunId("r1")))
    assert (answer.status, code(answer)) == (409, "run-not-under-way")
    assert ": " in str(answer.error)
    assert str(answer.error).endswith(".")


def test_a_failure_that_comes_after_the_cancellation_says_nothing() -> None:
    scenario = with_people({}, []).given(MatchRun(id="r1", program_id=PROGRAM, status=RunStatus.CANCELLED))
    failed = EffectFailed(effect="SolveMatching", key="solve/r1", reason="time-limit")
    assert scenario.when(failed, twice=False).ending is Ending.DONE
    assert scenario.get(MatchRun, "r1").status is RunStatus.CANCELLED
