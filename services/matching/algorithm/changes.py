"""What differs between two results: a run and another one, or what if."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from services.matching.algorithm.result import Result


class Scored(NamedTuple):
    """A pair of a matching."""

    mentee: str
    mentor: str
    score: float


class Change(BaseModel):
    """A mentee whose mentors differ. Scores are sums over the mentee's matches."""

    model_config = ConfigDict(frozen=True)

    mentee: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    score_before: float
    score_after: float


class Comparison(BaseModel):
    """A second result less a first one, and everybody for whom they differ, who loses most first."""

    model_config = ConfigDict(frozen=True)

    matched_mentees: int
    size: int
    total: float
    worst: float | None
    blocking_pairs: int
    is_same_input: bool
    changes: tuple[Change, ...]


def compare(first: Result, second: Result) -> Comparison:
    """Compare two results: what the second changes."""
    return Comparison(
        matched_mentees=second.matched_mentees - first.matched_mentees,
        size=second.size - first.size,
        total=round(second.total - first.total, 9),
        worst=None if first.worst is None or second.worst is None else round(second.worst - first.worst, 9),
        blocking_pairs=second.blocking_pairs - first.blocking_pairs,
        is_same_input=first.record.input_hash == second.record.input_hash,
        changes=tuple(changes(_scored(first), _scored(second))),
    )


def changes(first: Iterable[Scored], second: Iterable[Scored]) -> list[Change]:
    """List everybody whose mentors differ between two matchings, those who lose most first."""
    before, after = _by_mentee(first), _by_mentee(second)
    found = [
        Change(
            mentee=mentee,
            before=tuple(sorted(before[mentee])),
            after=tuple(sorted(after[mentee])),
            score_before=round(sum(before[mentee].values()), 9),
            score_after=round(sum(after[mentee].values()), 9),
        )
        for mentee in {*before, *after}
        if before[mentee].keys() != after[mentee].keys()
    ]
    return sorted(found, key=lambda one: (one.score_after - one.score_before, one.mentee))


def _scored(result: Result) -> list[Scored]:
    return [Scored(match.mentee, match.mentor, match.score) for match in result.matches]


def _by_mentee(pairs: Iterable[Scored]) -> defaultdict[str, dict[str, float]]:
    found = defaultdict[str, dict[str, float]](dict)
    for pair in pairs:
        found[pair.mentee][pair.mentor] = pair.score
    return found
