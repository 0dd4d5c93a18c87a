"""A program after a run, with those who are left over."""

from datetime import timedelta

from services.matching.pool.model.participant import Participant
from shared.contracts.matching import LeftWithoutMatch, MatchProposed
from tests.scenario import Scenario
from tests.services.matching.program import accept_both, of, publish, run, with_people


def told(scenario: Scenario) -> list[str]:
    """Who was told that there is no match yet, in the order in which they were."""
    return [event.application_id for event in of(scenario, LeftWithoutMatch)]


def after_run(mentors: dict[str, int], mentees: list[str]) -> Scenario:
    """A run is published, and what it has found is accepted."""
    scenario = with_people(mentors, mentees)
    publish(scenario, run(scenario))
    scenario.advance(timedelta(seconds=1))
    for event in of(scenario, MatchProposed):
        accept_both(scenario, event.match_id)
    return scenario


def waiting(scenario: Scenario, name: str) -> bool:
    return scenario.get(Participant, name).is_waiting
