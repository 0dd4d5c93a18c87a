"""Why a pair scores as it does: the part of each criterion, what it rests on, and what forbids other pairs."""

from dataclasses import dataclass

import numpy as np

from services.matching.algorithm import availability, constraints
from services.matching.algorithm.evidence import HOURS_IN_COMMON, Evidence
from services.matching.algorithm.pairs import inside_sorted
from services.matching.algorithm.scored_pairs import PRIOR, TRUSTED_COVERAGE, ScoredPairs


@dataclass(frozen=True)
class Part:
    """One criterion in a pair. Without data on both sides there is no value."""

    criterion: str
    weight: float
    value: float | None
    contribution: float
    evidence: Evidence | None


def parts(scored: ScoredPairs, row: int, column: int) -> list[Part]:
    """List what each criterion contributes to the score of a pair: with the prior, the parts add up to it."""
    covered = float(scored.covers[row] @ scored.covered[column])
    divisor = max(covered, float(scored.total) * TRUSTED_COVERAGE)
    return [_part(scored, at, row, column, divisor) for at in range(len(scored.criteria) + bool(scored.meeting_units))]


def prior(scored: ScoredPairs, row: int, column: int) -> float:
    """Compute what the prior contributes to the score of a pair with little data."""
    return prior_of(coverage(scored, row, column))


def prior_of(coverage: float) -> float:
    """Compute what the prior contributes to a score that so much of the weights is known for."""
    return float(PRIOR) * max(TRUSTED_COVERAGE - coverage, 0) / TRUSTED_COVERAGE


def checks(scored: ScoredPairs) -> list[str]:
    """List the constraints that every matched pair satisfies, by the codes of their violations."""
    codes = [constraints.TOO_LITTLE_TIME] * bool(scored.program.constraints.overlap_hours)
    codes += [constraints.SCORE_TOO_LOW] * bool(scored.least)
    return [*(rule.code for rule in scored.classes.rules), *scored.barred, *codes]


def coverage(scored: ScoredPairs, row: int, column: int) -> float:
    """Compute the share of the weights that both sides have data for."""
    return float(scored.covers[row] @ scored.covered[column]) / float(scored.total)


def _part(scored: ScoredPairs, at: int, row: int, column: int, divisor: float) -> Part:
    is_meeting = at == len(scored.criteria)
    criterion, weight = ("availability", scored.meeting_share) if is_meeting else _weighted(scored, at)
    if not (scored.covers[row, at] and scored.covered[column, at]):
        return Part(criterion, weight, None, 0.0, None)
    units, evidence = _meet(scored, row, column) if is_meeting else _compare(scored, at, row, column)
    return Part(criterion, weight, units / float(scored.covers[row, at]), units / divisor, evidence)


def _weighted(scored: ScoredPairs, at: int) -> tuple[str, float]:
    return scored.criteria[at][0].code, scored.criteria[at][1]


def _meet(scored: ScoredPairs, row: int, column: int) -> tuple[float, Evidence]:
    sums = np.zeros((1, 1), dtype=np.float32)
    scored.meeting_times(np.array([row])).add(sums, np.array([column]))
    starts, ends = scored.program.starts, scored.program.ends
    hours = availability.hours_shared(scored.mentees[row], scored.mentors[column], starts, ends)
    return float(sums[0, 0]), Evidence(HOURS_IN_COMMON, {"hours": hours})


def _compare(scored: ScoredPairs, at: int, row: int, column: int) -> tuple[float, Evidence]:
    inside = slice(scored.ends[at], scored.ends[at + 1])
    units = scored.shares[row : row + 1, inside] @ scored.serves[column : column + 1, inside].T
    scored.entries[at].add_to(units, np.array([row]), np.array([column]))
    return float(units[0, 0]), scored.criteria[at][0].evidence(scored.mentees[row], scored.mentors[column])


def forbidding(scored: ScoredPairs, row: int | None, column: int | None) -> dict[str, int]:
    """Count whom of the other side each constraint forbids to one person, either a mentee or a mentor."""
    rows = np.arange(len(scored.mentees)) if row is None else np.array([row])
    columns = np.arange(len(scored.mentors)) if column is None else np.array([column])
    counts = {
        rule.code: int((~rule.allows(scored.classes.of_mentees[rows])[:, scored.classes.of_mentors[columns]]).sum())
        for rule in scored.classes.rules
    }
    counts |= {code: len(inside_sorted(rows, columns, *pairs)[0]) for code, pairs in scored.barred.items()}
    sums = np.zeros((len(rows), len(columns)), dtype=np.float32)
    too_little = scored.meeting_times(rows).add(sums, columns)
    counts[constraints.TOO_LITTLE_TIME] = 0 if too_little is None else int(too_little.sum())
    found = {code: count for code, count in counts.items() if count}
    return found or {constraints.SCORE_TOO_LOW: len(rows) * len(columns)}
