"""What a run finds in a pool, with its proof, which is checked before the result is kept."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from services.matching.algorithm import fairness, group, optimal, problem, stable, strategies, unmatched
from services.matching.algorithm.optimal import Optimal, Progress
from services.matching.algorithm.pairs import Pairs, points_of, rows_and_columns
from services.matching.algorithm.priority import Favored, LastResort, Rest, most_of
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.program import Objective
from services.matching.algorithm.verification import Refuted, verify
from services.matching.pool.model.compared_people import pool_of
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_criteria import scores
from services.matching.pool.model.unmatched_codes import PIN_IMPOSSIBLE, Unmatchable, unmatchable
from services.matching.proposals.model.fit import Fit
from services.matching.runs.model.run_result import RunFigures, RunPair, RunRecord, RunResult, UnmatchedPerson
from services.matching.runs.model.run_settings import RunSettings, RunStrategy
from services.matching.runs.task import Task, check_size
from shared.errors import Refusal
from shared.ids import ApplicationId

SMALLEST_GROUP = 2

IndexPairs = list[tuple[int, int]]
"""Pairs, by their indexes among the mentees and the mentors."""


class NotProved(Refusal):
    """The result was not proved to be what it should be, so that it must not be published."""


class Given(NamedTuple):
    """What is given before the others are matched.

    `pinned` are pairs that somebody has chosen, `impossible` are mentees whose chosen mentor cannot be given to them,
    `first` those who come before the others, and `silent` pairs whose last proposal has expired long ago. `pairs` are
    what is left for them.
    """

    pairs: Pairs
    pinned: IndexPairs
    impossible: list[int]
    first: list[int]
    silent: IndexPairs


class Found(NamedTuple):
    """The pairs besides the pinned ones, with the gap of their total."""

    pairs: IndexPairs
    gap: float


def solve_pool(task: Task, progress: Progress = lambda _: None) -> RunResult:
    """Match those who look for somebody to the seats that are not promised; raises `PoolTooLarge`, `NotProved`."""
    promised = task.promised
    waiting = [one for one in task.profiles if promised.get(one.id, 0) < max(one.capacity, 1)]
    pool, invalid = pool_of(waiting, promised, task.excluded, task.program)
    check_size(pool)
    progress(f"comparing {len(pool.open_mentees):,} mentees with {len(pool.open_mentors):,} mentors")
    stated = problem.of_profiles(pool)
    given = given_before(stated, task)
    found = STRATEGIES[task.settings.strategy](given, stated.objective, progress)
    progress("finding reasons")
    matched = given.pinned + found.pairs
    reasons = nobody_for(stated, matched, task.settings.strategy) | invalid
    reasons |= {stated.mentees[row].id: Unmatchable(PIN_IMPOSSIBLE) for row in given.impossible}
    return RunResult(
        figures=figures(stated, given, found),
        record=record(stated, given, task.settings),
        pairs=run_pairs(stated, matched, {*given.pinned}),
        unmatched=unmatched_people(waiting, reasons),
    )


def given_before(stated: Problem, task: Task) -> Given:
    """Take pinned pairs out of the problem, as far as nothing forbids them and there are seats."""
    wished = {mentee.id: mentee.pinned for mentee in task.requests if mentee.pinned}
    column: dict[str, int] = {mentor.id: at for at, mentor in enumerate(stated.mentors)}
    wanted = [(row, column.get(wished[one.id], -1)) for row, one in enumerate(stated.mentees) if one.id in wished]
    here = [pair for pair in wanted if pair[1] >= 0]
    points = points_of(stated.pairs, *rows_and_columns(here)).tolist()
    allowed = {pair for pair, worth in zip(here, points, strict=True) if worth >= 0}
    pinned, free = IndexPairs(), stated.pairs.seats.copy()
    for row, at in wanted:
        if (row, at) in allowed and free[at]:
            pinned.append((row, at))
            free[at] -= 1
    impossible = [row for row, at in wanted if (row, at) not in pinned]
    ids = {mentee.id for mentee in task.requests if mentee.has_priority}
    first = [row for row, one in enumerate(stated.mentees) if one.id in ids and row not in impossible]
    silent = silent_pairs(stated, column, task.silent)
    rest: Pairs = LastResort(stated.pairs, silent) if silent else stated.pairs
    return Given(Rest(rest, pinned, impossible) if wanted else rest, pinned, impossible, first, silent)


def silent_pairs(
    stated: Problem, column: Mapping[str, int], silent: Mapping[str, Collection[ApplicationId]]
) -> IndexPairs:
    """List the pairs whose last proposal has expired long ago, sorted."""
    pairs = [
        (row, column[mentor])
        for row, one in enumerate(stated.mentees)
        for mentor in silent.get(one.id, ())
        if mentor in column
    ]
    return sorted(pairs)


def find_optimal(given: Given, objective: Objective, progress: Progress) -> Found:
    """Match the most people, those with priority first, then as the objective says. Raises `NotProved`."""
    pairs = given.pairs
    if given.first:
        pairs = Favored(pairs, given.first, objective.total)
        objective = objective.model_copy(update={"total": "plain"})
    found = optimal.solve(pairs, objective, progress=progress)
    progress("checking the proof")
    check_proof(pairs, found)
    return Found(found.matched.index_pairs(), found.gap)


def find_stable(given: Given, _: Objective, progress: Progress) -> Found:
    """Match so that no two prefer each other to whom they got: priority would break that."""
    progress("letting mentees ask")
    return _judged(given, stable.solve(given.pairs, given.pairs))


def find_groups(given: Given, objective: Objective, progress: Progress) -> Found:
    """Match so that a mentor has no mentee, or two at least; those with priority count most."""
    progress("forming groups")
    favored = Favored(given.pairs, given.first, "plain")
    return _judged(given, group.solve(favored, SMALLEST_GROUP, objective.count_mentors).index_pairs())


STRATEGIES: Mapping[RunStrategy, Callable[[Given, Objective, Progress], Found]] = {
    "optimal": find_optimal, "stable": find_stable, "group": find_groups,
}  # fmt: skip


def _judged(given: Given, pairs: IndexPairs) -> Found:
    return Found(pairs, strategies.gap_of(given.pairs, pairs))


def check_proof(pairs: Pairs, found: Optimal) -> None:
    """Raises `NotProved` unless no matching has more people or pairs, or a better worst, or then a higher total."""
    try:
        verify(pairs, found)
    except Refuted as refuted:
        raise NotProved(f"The proof is wrong ({refuted.code}): {refuted}.") from refuted
    if not (found.is_size_proved and found.is_worst_proved) or found.gap:
        raise NotProved(f"There is a gap of {found.gap:g} after {found.looks} looks at all pairs.")


def figures(stated: Problem, given: Given, found: Found) -> RunFigures:
    """Compute the figures of a run."""
    matched = given.pinned + found.pairs
    points = points_of(stated.pairs, *rows_and_columns(matched)).tolist()
    first = {row for row, _ in found.pairs} & {*given.first}
    return RunFigures(
        size=len(matched),
        matched=len({row for row, _ in matched}),
        total=sum(points),
        worst=min(points, default=None),
        fifth_percentile=fairness.percentile(points, 0.05),
        gap=found.gap,
        blocking_pairs=stable.blocking(given.pairs, given.pairs, found.pairs).pairs,
        mentors=len(stated.mentors),
        mentees=len(stated.mentees),
        seats=sum(mentor.capacity for mentor in stated.mentors),
        first=int(given.pairs.alone[[*first]].sum()),
        first_at_most=most_of(given.pairs, given.first) if given.first else 0,
    )


def record(stated: Problem, given: Given, settings: RunSettings) -> RunRecord:
    """Record what the result follows from; what is given before is part of the input."""
    kept = strategies.record(stated, strategies.PLAIN)
    program = kept.settings["program"]
    pinned = {ApplicationId(stated.mentees[row].id): ApplicationId(stated.mentors[at].id) for row, at in given.pinned}
    first = sorted(ApplicationId(stated.mentees[row].id) for row in given.first)
    aside = sorted(stated.mentees[row].id for row in given.impossible)
    silent = sorted((stated.mentees[row].id, stated.mentors[at].id) for row, at in given.silent)
    before = [sorted(pinned.items()), first, aside, *([silent] if silent else [])]
    whole = json.dumps([kept.input_hash, *before])
    return RunRecord(
        input_hash=sha256(whole.encode()).hexdigest() if any(before) else kept.input_hash,
        reference_date=program["starts"],
        weights=settings.weights,
        wished_gap_years=program["wished_gap_years"],
        versions={"method": kept.version, **kept.settings["versions"]},
        pinned=pinned,
        first=tuple(first),
    )


def run_pairs(stated: Problem, matched: IndexPairs, pinned: set[tuple[int, int]]) -> tuple[RunPair, ...]:
    """List the pairs as a run keeps them, sorted by the mentees' ids."""
    kept = [
        RunPair(
            mentor_application_id=ApplicationId(stated.mentors[column].id),
            mentee_application_id=ApplicationId(stated.mentees[row].id),
            fit=Fit.of(score),
            is_pinned=(row, column) in pinned,
        )
        for (row, column), score in zip(matched, scores(stated, matched), strict=True)
    ]
    return tuple(sorted(kept, key=lambda pair: (pair.mentee_application_id, pair.mentor_application_id)))


def nobody_for(stated: Problem, matched: IndexPairs, strategy: RunStrategy) -> dict[str, Unmatchable]:
    """Explain why the others have no match."""
    found = unmatched.explain(stated, matched, strategy)
    return {one.id: unmatchable(one.side, one.code, one.figures) for one in found}


def unmatched_people(
    profiles: Sequence[ProfileCopy], reasons: Mapping[str, Unmatchable]
) -> tuple[UnmatchedPerson, ...]:
    """List those without a match as a run keeps them, sorted by their ids."""
    return tuple(
        UnmatchedPerson(
            application_id=ApplicationId(one.id),
            person_id=one.person_id,
            role=one.role,
            reason=reasons[one.id].code,
            figures=dict(reasons[one.id].figures),
        )
        for one in sorted(profiles, key=lambda one: one.id)
        if one.id in reasons
    )
