"""What a run finds in a pool, with its proof, which is checked before the result is kept."""

from collections.abc import Callable, Mapping

from services.matching.algorithm import group, optimal, problem, stable, strategies
from services.matching.algorithm.optimal import Optimal, Progress
from services.matching.algorithm.pairs import Pairs
from services.matching.algorithm.priority import Favored
from services.matching.algorithm.program import Objective
from services.matching.algorithm.verification import Refuted, verify
from services.matching.pool.model.compared_people import pool_of
from services.matching.pool.model.unmatched_codes import PIN_IMPOSSIBLE, Unmatchable
from services.matching.runs import outcome
from services.matching.runs.given import Given, IndexPairs, given_before
from services.matching.runs.model.run_result import RunResult
from services.matching.runs.model.run_settings import RunStrategy
from services.matching.runs.outcome import Found
from services.matching.runs.task import Task, check_size
from shared.errors import Refusal

SMALLEST_GROUP = 2


class NotProved(Refusal):
    """The result was not proved to be what it should be, so that it must not be published."""


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
    reasons = outcome.nobody_for(stated, matched, task.settings.strategy) | invalid
    reasons |= {stated.mentees[row].id: Unmatchable(PIN_IMPOSSIBLE) for row in given.impossible}
    pairs = outcome.run_pairs(stated, given, found, progress)
    unmatched = outcome.unmatched_people(waiting, reasons)
    told = {"groups": outcome.groups(stated, waiting, pairs), "reasons": outcome.counted(unmatched)}
    return RunResult(
        figures=outcome.figures(stated, given, found).model_copy(update=told),
        record=outcome.record(stated, given, task.settings),
        pairs=pairs,
        unmatched=unmatched,
    )


def find_optimal(given: Given, objective: Objective, progress: Progress) -> Found:
    """Match the most people, those with priority first, then as the objective says. Raises `NotProved`."""
    pairs = given.pairs
    if given.first:
        pairs = Favored(pairs, given.first, objective.total)
        objective = objective.model_copy(update={"total": "plain"})
    found = optimal.solve(pairs, objective, progress=progress)
    progress("checking the proof")
    check_proof(pairs, found)
    return Found(found.matched.index_pairs(), found.gap, found, pairs)


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
