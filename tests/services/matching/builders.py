"""People and problems for the tests of matching."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.matching.candidate import Candidate
from services.matching.criteria import ScoringSettings
from services.matching.solver import Problem
from shared.contracts.intake import MeetingFormat, Role

WINTER = date(2027, 1, 15)
SETTINGS = ScoringSettings(reference_date=WINTER)

Table = Sequence[Sequence[int | None]]
"""Scores in twentieths, a row per mentee and a column per mentor; None where the pair is forbidden."""


def mentor(id: str, **stated: Any) -> Candidate:
    """A mentor with one long-term seat who stated nothing else."""
    return candidate(id, Role.MENTOR, **stated)


def mentee(id: str, **stated: Any) -> Candidate:
    """A mentee who stated nothing else."""
    return candidate(id, Role.MENTEE, **stated)


def candidate(id: str, role: Role, **stated: Any) -> Candidate:
    defaults: dict[str, Any] = {"person_id": f"person of {id}", "seats": 1, "format": MeetingFormat.BOTH}
    return Candidate(**{"id": id, "role": role} | defaults | stated)


def problem(*candidates: Candidate, settings: ScoringSettings = SETTINGS) -> Problem:
    return Problem(candidates=candidates, settings=settings)


def table(scores: Table, seats: Sequence[int], names: Sequence[str] = ()) -> Problem:
    """The problem whose mentees (`mentee 0`, ...) and mentors (`mentor 0`, ...) have just these scores.

    A mentee wants twenty areas of which a mentor offers as many as the score says; those who are forbidden share no
    language.
    """
    rows, columns = range(len(scores)), range(len(seats))
    mentees = [
        mentee(f"mentee {row}", areas=[f"{row} {area}" for area in range(20)], languages=[_language(row)])
        for row in rows
    ]
    mentors = [
        mentor(
            f"mentor {column}",
            seats=seats[column],
            areas=[f"{row} {area}" for row in rows for area in range(scores[row][column] or 0)] or ["another"],
            languages=[_language(row) for row in rows if scores[row][column] is not None] or ["zz"],
        )
        for column in columns
    ]
    return problem(*mentees, *mentors, settings=ScoringSettings(reference_date=WINTER, weights={"areas": 1}))


def _language(row: int) -> str:
    return f"q{chr(ord('a') + row)}"
