"""People and pools for the tests of the matching library."""

from typing import Any

from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.people import Person
from services.matching.algorithm.program import Program
from services.matching.algorithm.scored_pairs import ScoredPairs


def person(id: str, **stated: Any) -> Person:
    return Person(id=id, **stated)


def pool(mentees: list[Person], mentors: list[Person], **program: Any) -> Pool:
    return Pool(mentees=tuple(mentees), mentors=tuple(mentors), program=Program(**program))


def points(mentee: dict[str, Any], mentor: dict[str, Any], **program: Any) -> int:
    """The points of two people who stated this; -1 if they are forbidden."""
    pairs = ScoredPairs(pool([person("mentee", **mentee)], [person("mentor", **mentor)], **program))
    return int(next(pairs.blocks()).points.max(initial=-1))


def score(mentee: dict[str, Any], mentor: dict[str, Any], **program: Any) -> float:
    """The score of two people who stated this, to three places."""
    return round(points(mentee, mentor, **program) / 1_000_000, 3)
