"""What those who run a program do with match runs, for the state machine over all that people do."""

import json
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from services.matching.runs.commands import CancelRun, DiscardRun, PublishRun, RequestMatchRun
from services.matching.runs.model.run import MatchRun, RunStatus
from services.matching.runs.model.run_result import RunPair, RunPairs, slice_id
from shared.contracts.matching import MatchRunCompleted, MatchRunRequested
from shared.ids import MatchRunId
from tests.scenario import Scenario
from tests.services.matching.program import PROGRAM
from tests.services.matching.promises import Chosen, State

STRATEGY = st.sampled_from(["optimal", "stable", "group"])
STEPS = (CancelRun, DiscardRun, PublishRun)

OF_RUNS = {
    "run",
    "run_index",
    "run_pairs",
    "run_unmatched",
    "program",
    "inbox",
    "outbox",
    "effects",
    "timers",
    "clocks",
}
"""What a run may leave its traces in; the program's row says that it was looked at."""


class Runs(RuleBasedStateMachine):
    """Runs are published once, discarded, cancelled, or only looked at; a pin is kept if it can be."""

    scenario: Scenario

    def __init__(self) -> None:
        super().__init__()
        self.chosen = Chosen()

    @rule(strategy=STRATEGY)
    def match_the_pool(self, strategy: str) -> None:
        self.do_all_that_is_asked_for()
        pinned = {one.id: one.pinned for one in State(self.scenario).requests if one.pinned}
        run_id = self.request(strategy=strategy)
        self.scenario.perform()
        pairs = found(self.scenario, run_id)
        for mentee in {pair.mentee_application_id for pair in pairs} & pinned.keys():
            assert [pair.mentor_application_id for pair in pairs if pair.is_pinned and of(pair, mentee)] == [
                pinned[mentee]
            ]
        assert self.step(PublishRun, run_id) == 200
        self.check_ended(run_id, RunStatus.PUBLISHED)
        self.scenario.advance(timedelta(seconds=1))

    @rule(strategy=STRATEGY)
    def look_what_would_be(self, strategy: str) -> None:
        self.do_all_that_is_asked_for()
        before, events = stored(self.scenario), len(self.scenario.events())
        run_id = self.request(strategy=strategy, what_if=True)
        self.scenario.perform()
        assert self.step(PublishRun, run_id) == 409
        self.scenario.advance(timedelta(seconds=1))
        told = self.scenario.events()[events:]
        assert [type(one) for one in told if one.subject_id == run_id] == [MatchRunRequested, MatchRunCompleted]
        if len(told) == 2:  # no timer was due meanwhile
            assert stored(self.scenario) == before

    @rule()
    def discard_a_run(self) -> None:
        run_id = self.request()
        self.scenario.perform()
        assert self.step(DiscardRun, run_id) == 200
        self.check_ended(run_id, RunStatus.DISCARDED)

    @rule()
    def cancel_a_run(self) -> None:
        run_id = self.request()
        assert self.step(CancelRun, run_id) == 200
        self.scenario.perform()
        self.check_ended(run_id, RunStatus.CANCELLED)
        assert found(self.scenario, run_id) == []

    def request(self, **settings: Any) -> MatchRunId:
        answer = self.scenario.when(RequestMatchRun(program_id=PROGRAM, **settings))
        return MatchRunId(json.loads(answer.body)["id"])

    def step(self, step: Any, run_id: MatchRunId) -> int:
        return self.scenario.when(step(run_id=run_id)).status

    def check_ended(self, run_id: MatchRunId, status: RunStatus) -> None:
        """Nothing leads on from here."""
        assert [self.step(step, run_id) for step in STEPS] == [409] * len(STEPS)
        assert self.scenario.get(MatchRun, run_id).status is status

    def do_all_that_is_asked_for(self) -> None:
        while self.scenario.asked():
            self.scenario.perform()


def found(scenario: Scenario, run_id: MatchRunId) -> list[RunPair]:
    slices = scenario.get(MatchRun, run_id).pair_slices
    return [pair for at in range(slices) for pair in scenario.get(RunPairs, slice_id(run_id, at)).pairs]


def of(pair: RunPair, mentee: str) -> bool:
    return pair.mentee_application_id == mentee


def stored(scenario: Scenario) -> dict[str, dict[Any, Any]]:
    """All that a run has no business with."""
    return {name: dict(rows) for name, rows in scenario.store.collections.items() if name not in OF_RUNS and rows}
