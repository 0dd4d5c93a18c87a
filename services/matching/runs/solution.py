"""What a run finds in a pool, with its proof, which is checked before the result is kept."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from services.matching.algorithm import fairness, group, optimal, problem, stable, strategies, unmatched
from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.optimal import Optimal, Progress
from services.matching.algorithm.pairs import Pairs, points_of, rows_and_columns
from services.matching.algorithm.priority import Favored, Rest, most_of
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.program import Objective, Program
from services.matching.algorithm.verification import Refuted, verify
from services.matching.pool.model.compared_people import pool_of
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_criteria import compared_on, scores
from services.matching.pool.model.unmatched_codes import PIN_IMPOSSIBLE, Unmatchable, unmatchable
from services.matching.proposals.model.fit import Fit
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.runs.model.run_result import RunFigures, RunPair, RunRecord, RunResult, UnmatchedPerson
from services.matching.runs.model.run_settings import USUAL, RunSettings, RunStrategy
from shared.errors import Refusal
from shared.ids import ApplicationId

MOST_PEOPLE = 10_000
MOST_PAIRS = 4_000_000
"""A mentee and a mentor each. So many take some seconds on one core and three hundred megabytes of memory."""
SMALLEST_GROUP = 2

IndexPairs = list[tuple[int, int]]
"""Pairs, by their indexes among the mentees and the mentors."""


class PoolTooLarge(Refusal):
    """More people, or more pairs of them, than a run can take."""


class NotProved(Refusal):
    """The result was not proved to be what it should be, so that it must not be published."""


class Task(NamedTuple):
    """Everybody in a pool with what they have and are asked about, on a day, and how they are to be matched."""

    profiles: Sequence[ProfileCopy]
    seats: Sequence[MentorSeats]
    requests: Sequence[MenteeRequests]
    day: date
    settings: RunSettings = USUAL

    @property
    def program(self) -> Program:
        """How the people are compared."""
        settings = self.settings
        return compared_on(self.day, settings.weights, settings.objective, settings.minimum_score)


class Given(NamedTuple):
    """What is given before the others are matched.

    `pinned` are pairs that somebody has chosen, `impossible` are mentees whose chosen mentor cannot be given to them,
    and `first` those who come before the others. `pairs` are what is left for them.
    """

    pairs: Pairs
    pinned: IndexPairs
    impossible: list[int]
    first: list[int]


class Found(NamedTuple):
    """The pairs besides the pinned ones, with the gap of their total."""

    pairs: IndexPairs
    gap: float


def solve_pool(task: Task, progress: Progress = lambda _: None) -> RunResult:
    """Match those who look for somebody to the seats that are not promised; raises `PoolTooLarge`, `NotProved`."""
    promised = {mentor.id: mentor.promised for mentor in task.seats}
    promised |= {mentee.id: len(mentee.accepted) + len(mentee.open) for mentee in task.requests}
    waiting = [one for one in task.profiles if promised.get(one.id, 0) < max(one.capacity, 1)]
    excluded = {mentee.id: mentee.excluded for mentee in task.requests}
    pool, invalid = pool_of(waiting, promised, excluded, task.program)
    check_size(pool)
    progress(f"comparing {len(pool.open_mentees):,} mentees with {len(pool.open_mentors):,} mentors")
    stated = problem.of_profiles(pool)
    given = given_before(stated, task.requests)
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


def check_size(pool: Pool) -> None:
    """Raises `PoolTooLarge` before memory is short."""
    people, pairs = len(pool.mentors) + len(pool.mentees), len(pool.open_mentees) * len(pool.open_mentors)
    if people > MOST_PEOPLE or pairs > MOST_PAIRS:
        most = f"{MOST_PEOPLE:,} people and {MOST_PAIRS:,} pairs"
        raise PoolTooLarge(f"A run takes {most}: this pool has {people:,} and {pairs:,}.")


def given_before(stated: Problem, requests: Sequence[MenteeRequests]) -> Given:
    """Take pinned pairs out of the problem, as far as nothing forbids them and there are seats."""
    wished = {mentee.id: mentee.pinned for mentee in requests if mentee.pinned}
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
    ids = {mentee.id for mentee in requests if mentee.has_priority}
    first = [row for row, one in enumerate(stated.mentees) if one.id in ids and row not in impossible]
    rest = Rest(stated.pairs, pinned, impossible) if wanted else stated.pairs
    return Given(rest, pinned, impossible, first)


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
    whole = json.dumps([kept.input_hash, sorted(pinned.items()), first, aside])
    return RunRecord(
        input_hash=sha256(whole.encode()).hexdigest() if pinned or first or aside else kept.input_hash,
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
