"""Proof that a solution is right, by other means than those that found it."""

from collections import Counter
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from services.matching.scoring import FORBIDDEN, PAIRS_AT_ONCE, Scores, explain, score_pairs
from services.matching.solver import NOBODY, Assignment, Problem, Record, Solution

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

FAR = np.iinfo(np.int64).max


class Refuted(Exception):
    """A solution is wrong. `code` says in what."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def verify(problem: Problem, solution: Solution) -> None:
    """Prove that the solution answers this problem, breaks no constraint, and has the largest size and then total.

    Raises `Refuted` with the first fault found. It costs a few passes over all pairs, none of them left out.
    """
    if solution.record != Record.of(problem):
        raise Refuted("other_record", "the solution is of another input, other settings or other versions")
    _verify_people(problem, solution)
    scores = score_pairs(problem.mentees, problem.mentors, problem.settings)
    mentor_of = _verify_pairs(problem, solution, scores)
    seats = np.array([min(mentor.seats, len(scores)) for mentor in problem.mentors], dtype=np.int64)
    taken = np.bincount(mentor_of[mentor_of != NOBODY], minlength=len(seats))
    if (taken > seats).any():
        mentor = problem.mentors[int((taken > seats).argmax())]
        raise Refuted("over_capacity", f"{mentor.id} has more mentees than the {mentor.seats} seats")
    if _can_match_more(scores != FORBIDDEN, mentor_of, taken < seats):
        raise Refuted("not_maximum", f"more than {solution.size} mentees can be matched")
    if _can_exchange(scores, mentor_of, taken, seats):
        raise Refuted("not_optimal", f"as many can be matched with a total above {solution.total}")


def _verify_people(problem: Problem, solution: Solution) -> None:
    """Everybody is in it, every mentee once, and every mentor either in pairs or unmatched."""
    known = {candidate.id for candidate in problem.candidates}
    once = Counter(chain((pair.mentee for pair in solution.pairs), {pair.mentor for pair in solution.pairs}))
    once.update(one.id for one in solution.unmatched)
    if wrong := sorted({*once} ^ known):
        raise Refuted("other_people", f"unknown or left out: {', '.join(wrong)}")
    if twice := sorted(id for id, times in once.items() if times > 1):
        raise Refuted("more_than_once", f"more than once: {', '.join(twice)}")


def _verify_pairs(problem: Problem, solution: Solution, scores: Scores) -> Assignment:
    """Every pair is allowed and scored right, and the sums are theirs."""
    row = {mentee.id: at for at, mentee in enumerate(problem.mentees)}
    column = {mentor.id: at for at, mentor in enumerate(problem.mentors)}
    mentor_of = np.full(len(row), NOBODY)
    for pair in solution.pairs:
        name = f"{pair.mentee} with {pair.mentor}"
        if pair.mentee not in row or pair.mentor not in column:
            raise Refuted("not_taking_part", f"one of {name} does not take part")
        here, there = row[pair.mentee], column[pair.mentor]
        if scores[here, there] == FORBIDDEN:
            raise Refuted("forbidden_pair", f"{name} is not allowed")
        right = explain(problem.mentees[here], problem.mentors[there], problem.settings)
        if pair.score != right or right.points != scores[here, there]:
            raise Refuted("wrong_score", f"{name} scores {right.points}, with other reasons than given")
        mentor_of[here] = there
    if (solution.size, solution.total) != (len(solution.pairs), sum(pair.score.points for pair in solution.pairs)):
        raise Refuted("wrong_sum", "size and total are not those of the pairs")
    return mentor_of


def _can_match_more(allowed: Flags, mentor_of: Assignment, has_seat: Flags) -> bool:
    """Whether an alternating path leads from an unmatched mentee to a free seat (Berge 1957)."""
    reached = mentor_of == NOBODY
    while True:
        mentors = allowed[reached].any(axis=0)
        if (mentors & has_seat).any():
            return True
        wider = reached | np.isin(mentor_of, np.flatnonzero(mentors))
        if (wider == reached).all():
            return False
        reached = wider


def _can_exchange(scores: Scores, mentor_of: Assignment, taken: Numbers, seats: Numbers) -> bool:
    """Whether moving mentees around a cycle raises the total at the same size (Klein 1967).

    Bellman-Ford on the residual network, where distances settle unless a cycle has a negative length. A mentee reaches
    a mentor at minus the score and is reached from the own mentor at plus the score. Through the source, one who is
    matched makes place for one who is not; through the sink, a taken seat for a free one. A path goes from mentee to
    mentor no more often than there are either, and every round takes all paths one such step further.
    """
    matched, waiting = np.flatnonzero(mentor_of != NOBODY), np.flatnonzero(mentor_of == NOBODY)
    own = scores[matched, mentor_of[matched]]
    mentees, mentors = np.zeros(len(mentor_of), dtype=np.int64), np.zeros(len(seats), dtype=np.int64)
    moved = np.arange(len(mentees))
    for _ in range(min(scores.shape) + 2):
        mentors = np.minimum(mentors, _nearest(scores, mentees, moved))
        sink = mentors[taken < seats].min(initial=0)
        mentors[taken > 0] = np.minimum(mentors[taken > 0], sink)
        before = mentees.copy()
        mentees[matched] = np.minimum(mentees[matched], mentors[mentor_of[matched]] + own)
        source = mentees[matched].min(initial=0)
        mentees[waiting] = np.minimum(mentees[waiting], source)
        moved = np.flatnonzero(mentees < before)
        if not moved.size:
            return False
    return True


def _nearest(scores: Scores, mentees: Numbers, moved: Numbers) -> Numbers:
    """The shortest distance to each mentor over the mentees that moved."""
    nearest = np.full(scores.shape[1], FAR)
    rows = max(1, PAIRS_AT_ONCE // max(1, scores.shape[1]))
    for start in range(0, len(moved), rows):
        some = moved[start : start + rows]
        lengths = np.where(scores[some] == FORBIDDEN, FAR, mentees[some, None] - scores[some])
        nearest = np.minimum(nearest, lengths.min(axis=0))
    return nearest
