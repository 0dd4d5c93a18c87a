"""Every criterion that a program can weigh counts alone, and says what it rests on."""

from typing import Any

import pytest

from services.matching.algorithm import score_parts
from services.matching.algorithm.program import DEFAULT_WEIGHTS, FURTHER_CRITERIA
from services.matching.algorithm.scored_pairs import ScoredPairs
from tests.services.matching.algorithm.people import person, points, pool

ALONE: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = {
    "skills": ({"skills": ["sql"]}, {"skills": ["SQL"]}, {"skills": ["go"]}, "in common: sql"),
    "goals": ({"goals": ["lead"]}, {"goals": ["lead"]}, {"goals": ["rest"]}, "in common: lead"),
    "interests": ({"interests": ["chess"]}, {"interests": ["chess"]}, {"interests": ["go"]}, "in common: chess"),
    "roles": ({"roles": ["architect"]}, {"roles": ["architect"]}, {"roles": ["tester"]}, "in common: architect"),
    "industry": ({"industry": "health"}, {"industry": "Health"}, {"industry": "energy"}, "in common: health"),
    "style": ({"style": "direct"}, {"style": "direct"}, {"style": "asking"}, "in common: direct"),
    "language": ({"languages": ["en", "de"]}, {"languages": ["en"]}, {"languages": ["de"]}, "in common: en"),
    "location": (
        {"place": "Rome", "region": "it"},
        {"place": "Rome", "region": "it"},
        {"place": "Oslo", "region": "no"},
        "in common: Rome, region it",
    ),
    "seniority": ({"years": 2.0}, {"years": 7.0}, {"years": 1.0}, "7 years of experience, the mentee 2"),
    "zone": ({"time_zone": "UTC"}, {"time_zone": "UTC"}, {"time_zone": "Pacific/Auckland"}, "the same time of day"),
    "availability": (
        {"time_zone": "UTC", "availability": ["Mon 10:00-14:00"]},
        {"time_zone": "UTC", "availability": ["Mon 09:00-17:00"]},
        {"time_zone": "UTC", "availability": ["Tue 09:00-17:00"]},
        "4 hours a week in common",
    ),
    "preference": ({"prefers": ["good"]}, {}, {}, "number 1 of 1 for the mentee"),
}


def test_every_criterion_is_here() -> None:
    assert ALONE.keys() == {*DEFAULT_WEIGHTS, *FURTHER_CRITERIA}


@pytest.mark.parametrize("criterion", sorted(ALONE))
def test_a_criterion_alone_decides_and_names_its_evidence(criterion: str) -> None:
    mentee, good, bad, evidence = ALONE[criterion]
    given = pool([person("n", **mentee)], [person("good", **good), person("bad", **bad)], weights={criterion: 1})
    pairs = ScoredPairs(given)
    parts = {one.id: score_parts.parts(pairs, 0, at)[0] for at, one in enumerate(pairs.mentors)}
    assert parts["good"].value == 1
    assert parts["bad"].value is not None
    assert parts["bad"].value < 0.1
    assert parts["good"].evidence is not None
    assert parts["good"].evidence.words == evidence


def test_too_little_time_in_common_forbids_only_those_who_said_when_they_can() -> None:
    rule = {"constraints": {"overlap_hours": 1}}
    monday = {"time_zone": "UTC", "availability": ["Mon 10:00-12:00"]}
    assert points(monday, monday, **rule) >= 0
    assert points(monday, monday | {"availability": ["Mon 11:30-13:00"]}, **rule) == -1
    assert points(monday, {}, **rule) >= 0
