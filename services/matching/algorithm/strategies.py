"""One matching, from a problem to a result that says what it is worth, what is proved, and why."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np

from services.matching.algorithm import (
    fairness,
    group,
    kept_pairs,
    optimal,
    pair_explanations,
    stable,
    unmatched,
    what_if,
)
from services.matching.algorithm.certificate import based
from services.matching.algorithm.counts import Counted
from services.matching.algorithm.optimal import Effort, Optimal, Progress
from services.matching.algorithm.pairs import Pairs, points_of, rows_and_columns
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.program import Objective
from services.matching.algorithm.result import Certificate, Figures, Match, Record, Result, Strategy

METHOD = "2"
"""Numbered anew whenever the same input would give another result."""


class Options(NamedTuple):
    """How a problem is to be solved.

    For `rolling`, `accepted` pairs stay and `proposed` pairs are favored, each a mentee and a mentor; at most `moves`
    of these change, None for as many as pay. For `group`, a mentor has none or from `smallest` to the capacity. For
    `optimal`, `what_if` are pairs of which the costs are asked, each a mentee and a mentor.
    """

    strategy: Strategy = "optimal"
    effort: Effort = optimal.EXACT
    is_explained: bool = False
    accepted: tuple[tuple[str, str], ...] = ()
    proposed: tuple[tuple[str, str], ...] = ()
    moves: int | None = None
    smallest: int = 2
    what_if: tuple[tuple[str, str], ...] = ()


PLAIN = Options()


class _Found(NamedTuple):
    pairs: list[tuple[int, int]]
    proof: Optimal | None


def match(problem: Problem, options: Options = PLAIN, progress: Progress = lambda _: None) -> Result:
    """Solve a problem as it is wished. `progress` hears what has been done; what it raises ends the run."""
    found = _STRATEGIES[options.strategy](problem, options, progress)
    pairs = sorted(found.pairs, key=lambda pair: (problem.mentees[pair[0]].id, problem.mentors[pair[1]].id))
    progress("looking for pairs that would prefer each other")
    scores = _scores(problem, pairs)
    blocking = stable.blocking(problem.seen_by_mentees, problem.seen_by_mentors, pairs)
    explanations = (
        pair_explanations.explain(problem, pairs, found.proof, progress)
        if options.is_explained
        else [None] * len(pairs)
    )
    return Result(
        strategy=options.strategy,
        matched_mentees=len({row for row, _ in pairs}),
        matched_mentors=len({column for _, column in pairs}),
        size=len(pairs),
        total=round(sum(scores), 9),
        worst=min(scores, default=None),
        gap=found.proof.gap if found.proof else gap_of(problem.pairs, found.pairs),
        blocking_pairs=blocking.pairs,
        matches=tuple(
            Match(mentee=problem.mentees[row].id, mentor=problem.mentors[column].id, score=score, explanation=why)
            for (row, column), score, why in zip(pairs, scores, explanations, strict=True)
        ),
        unmatched=tuple(unmatched.explain(problem, pairs, options.strategy)),
        certificate=_certificate(problem, found),
        figures=_figures(problem, pairs, scores, blocking.beyond_margin),
        what_if=what_if.answer(problem, found.proof, options.what_if) if found.proof else (),
        record=record(problem, options),
    )


def _optimal(problem: Problem, options: Options, progress: Progress) -> _Found:
    proof = optimal.solve(problem.pairs, problem.objective, options.effort, progress)
    return _Found(proof.matched.index_pairs(), proof)


def _rolling(problem: Problem, options: Options, progress: Progress) -> _Found:
    accepted, proposed = (_index_pairs(problem, pairs) for pairs in (options.accepted, options.proposed))

    def best(pairs: Pairs) -> list[tuple[int, int]]:
        return optimal.solve(pairs, problem.objective, options.effort, progress).matched.index_pairs()

    return _Found([*kept_pairs.solve(problem.pairs, accepted, proposed, options.moves, best)], None)


def _stable(problem: Problem, _: Options, __: Progress) -> _Found:
    return _Found(stable.solve(problem.seen_by_mentees, problem.seen_by_mentors), None)


def _group(problem: Problem, options: Options, _: Progress) -> _Found:
    edges = group.solve(problem.pairs, options.smallest, problem.objective.count_mentors)
    return _Found(edges.index_pairs(), None)


_STRATEGIES: Mapping[Strategy, Callable[[Problem, Options, Progress], _Found]] = {
    "optimal": _optimal, "stable": _stable, "rolling": _rolling, "group": _group,
}  # fmt: skip


def _index_pairs(problem: Problem, pairs: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
    row = {one.id: at for at, one in enumerate(problem.mentees)}
    column = {one.id: at for at, one in enumerate(problem.mentors)}
    return [(row[one], column[other]) for one, other in pairs if one in row and other in column]


def _scores(problem: Problem, pairs: Sequence[tuple[int, int]]) -> list[float]:
    rows, columns = rows_and_columns(pairs)
    unit = problem.unit / problem.pairs.scale
    return [round(points * unit, 9) for points in points_of(problem.pairs, rows, columns).tolist()]


def gap_of(pairs: Pairs, matched: Sequence[tuple[int, int]]) -> float:
    """Compute what the total may lack of the best with as many people and pairs, which the prices of the best bound."""
    best = optimal.solve(pairs, Objective(worst="any", total="plain"))
    rows, columns = rows_and_columns(matched)
    capacities = best.proof.capacities(pairs)
    total = int(points_of(pairs, rows, columns).sum(dtype=np.int64))
    prices, counts = best.proof.prices, capacities.counts(rows, columns)
    most = best.bounds.total + based(prices, best.counts) - based(prices, counts)
    return (most - total) / most if most > 0 else 0.0


def _at_most(proof: Optimal, counted: Counted) -> int:
    """Look up the bound; where nobody can have several, pairs count people."""
    limits = zip(proof.proof.most, proof.bounds.most, strict=True)
    return next((most for limit, most in limits if limit.counted == counted), proof.bounds.most[0])


def _certificate(problem: Problem, found: _Found) -> Certificate | None:
    if not found.proof:
        return None
    proof, unit = found.proof, problem.unit / problem.pairs.scale
    return Certificate(
        mentees_at_most=_at_most(proof, "mentees"),
        mentors_at_most=_at_most(proof, "mentors") if problem.objective.count_mentors else None,
        size_at_most=_at_most(proof, "pairs"),
        is_size_proved=proof.is_size_proved,
        is_worst_proved=proof.is_worst_proved,
        counted_total=round(proof.total * unit, 9),
        total_at_most=round(proof.bounds.total * unit, 9),
    )


def _figures(problem: Problem, pairs: Sequence[tuple[int, int]], scores: Sequence[float], beyond: int) -> Figures:
    of_mentees, of_mentors = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for (row, column), score in zip(pairs, scores, strict=True):
        of_mentees[problem.mentees[row].id].append(score)
        of_mentors[problem.mentors[column].id].append(score)
    return Figures(
        mentees=len(problem.mentees),
        mentors=len(problem.mentors),
        seats=sum(one.capacity for one in problem.mentors),
        mean=sum(scores) / len(scores) if scores else None,
        fifth_percentile=fairness.percentile(scores, 0.05),
        unit=problem.unit,
        histogram=fairness.histogram(scores, problem.unit),
        blocking_beyond_margin=beyond,
        groups=(
            *fairness.by_group("mentee", {one.id: one.groups for one in problem.mentees}, of_mentees),
            *fairness.by_group("mentor", {one.id: one.groups for one in problem.mentors}, of_mentors),
        ),
    )


def record(problem: Problem, options: Options) -> Record:
    """Record what the result of a problem follows from."""
    settings: dict[str, Any] = {
        "program": problem.pool.program.model_dump(mode="json"),
        "objective": problem.objective.model_dump(),
        "effort": options.effort._asdict() | {"keep": options.effort.keep._asdict()},
        "smallest": options.smallest,
        "accepted": options.accepted,
        "proposed": options.proposed,
        "moves": options.moves,
        "versions": {name: version(name) for name in ("numpy", "ortools", "tzdata")},
    }
    return Record(
        input_hash=problem.input_hash(),
        strategy=options.strategy,
        version=f"{version('ithaca')}/{METHOD}",
        settings=settings,
        seed=problem.pool.seed,
    )
