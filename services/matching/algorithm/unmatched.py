"""Why somebody has no match: the constraint that left nobody, or the group that competes for too few seats."""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm import constraints, score_parts
from services.matching.algorithm.both_sides import NO_SEATS, NOT_ELIGIBLE, kept_out
from services.matching.algorithm.evidence import so_many
from services.matching.algorithm.pairs import Indexes, rows_and_columns
from services.matching.algorithm.people import Person
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.result import Strategy, Unmatched

Flags = NDArray[np.bool_]
Side = Literal["mentee", "mentor"]
Figures = Mapping[str, int]

NOBODY_THERE = "nobody_there"
NOT_LISTED = "not_listed"
TOO_FEW_SEATS = "too_few_seats"
OTHERS_PREFERRED = "others_preferred"
MATCHED_ELSEWHERE = "matched_elsewhere"
SEATS_NEEDED = "seats_needed"
NO_GROUP = "no_group"
_OTHERWISE: Mapping[Strategy, str] = {
    "optimal": SEATS_NEEDED, "rolling": SEATS_NEEDED, "stable": OTHERS_PREFERRED, "group": NO_GROUP,
}  # fmt: skip
"""Why a mentee whom some mentor could take has none, where no group competes for too few seats."""
MOST_CELLS = 50_000_000
"""Pairs that are looked at to tell competing groups apart; with more, all of them are explained as one group."""


RULES: Mapping[str, str] = {
    constraints.NO_COMMON_LANGUAGE: "Shares no language with",
    constraints.OTHER_PLACE: "Can meet neither in one place nor remotely with",
    constraints.OTHER_REGION: "Is not of the region of",
    constraints.OTHER_ORGANIZATION: "Is not of the organization of",
    constraints.SAME_ORGANIZATION: "Is of the same organization as",
    constraints.COMPETITORS: "Is of a competitor of",
    constraints.SAME_PERSON: "Is the same person as",
    constraints.REPORTING_LINE: "Is in one reporting line with",
    constraints.EXCLUDED: "Was excluded with",
    constraints.FAILED_BEFORE: "Was matched before, without success, with",
    constraints.TOO_LITTLE_TIME: "Has too little time in common with",
    constraints.SCORE_TOO_LOW: "Scores too low with",
}
"""How each constraint stands between two people: the first of them, these words, the second."""


def _rules_out(words: str) -> Callable[[Figures], str]:
    def sentence(figures: Figures) -> str:
        others = {code: count for code, count in figures.items() if code != "others"}
        most = max(others.values(), default=0)
        return f"{words} {most} of {figures.get('others', most)} on the other side, and nobody else is left."

    return sentence


WORDS: Mapping[str, Callable[[Figures], str]] = {
    NO_SEATS: lambda _: "Has a capacity of 0.",
    NOT_ELIGIBLE: lambda _: "Is not eligible by the rules of the program.",
    NOBODY_THERE: lambda _: "There is nobody on the other side who takes part.",
    NOT_LISTED: lambda _: "No pair with this person is listed by both sides.",
    TOO_FEW_SEATS: lambda figures: (
        f"{so_many(figures['mentees'], 'mentee')} compete for {so_many(figures['seats'], 'seat')}, with no way around."
    ),
    OTHERS_PREFERRED: lambda figures: (
        f"{so_many(figures['others'], 'mentor')} would do, and prefer those whom they have."
    ),
    SEATS_NEEDED: lambda figures: (
        f"{so_many(figures['others'], 'mentor')} would do, but every seat is kept for somebody else, "
        "or needed so that nobody else is left out."
    ),
    MATCHED_ELSEWHERE: lambda figures: f"{so_many(figures['others'], 'mentee')} would do, and have another mentor.",
    NO_GROUP: lambda figures: (
        f"{figures['others']} on the other side would do, and are in full groups, or too few for another one."
    ),
    **{code: _rules_out(words) for code, words in RULES.items()},
}
PAIR_WORDS: Mapping[str, str] = {
    NO_SEATS: "one of them has a capacity of 0",
    NOT_ELIGIBLE: "one of them is not eligible by the rules of the program",
    NOT_LISTED: "the pair is not listed by both sides",
    **{code: f"{{0}} {words[0].lower()}{words[1:]} {{1}}" for code, words in RULES.items()},
}
"""Why a mentee and a mentor must not be matched."""


def explain(problem: Problem, matched: list[tuple[int, int]], strategy: Strategy) -> list[Unmatched]:
    """Explain everybody without a match, sorted by side and id."""
    rows, columns = {row for row, _ in matched}, {column for _, column in matched}
    found = [_unmatched(one, "mentee", code) for one in problem.pool.mentees if (code := kept_out(one))]
    found += [_unmatched(one, "mentor", code) for one in problem.pool.mentors if (code := kept_out(one))]
    waiting = np.array([row for row in range(len(problem.mentees)) if row not in rows], dtype=np.int64)
    idle = np.array([column for column in range(len(problem.mentors)) if column not in columns], dtype=np.int64)
    found += _mentees(problem, matched, waiting, strategy)
    found += _mentors(problem, idle, NO_GROUP if strategy == "group" else MATCHED_ELSEWHERE)
    return sorted(found, key=lambda one: (one.side, one.id))


def _unmatched(person: Person, side: Side, code: str, **figures: int) -> Unmatched:
    return Unmatched(id=person.id, side=side, reason=WORDS[code](figures), code=code, figures=figures)


def _mentees(problem: Problem, matched: list[tuple[int, int]], waiting: Indexes, strategy: Strategy) -> list[Unmatched]:
    if not waiting.size:
        return []
    possible = _possible(problem, waiting)
    groups = _groups(problem, matched, waiting[possible > 0]) if _OTHERWISE[strategy] == SEATS_NEEDED else {}
    found = []
    for row, count in zip(waiting.tolist(), possible.tolist(), strict=True):
        mentee = problem.mentees[row]
        if not count:
            found.append(ruled_out(problem, mentee, "mentee", row))
        elif row in groups:
            mentees, seats = groups[row]
            found.append(_unmatched(mentee, "mentee", TOO_FEW_SEATS, mentees=mentees, seats=seats))
        else:
            found.append(_unmatched(mentee, "mentee", _OTHERWISE[strategy], others=count))
    return found


def _possible(problem: Problem, rows: Indexes) -> Indexes:
    """How many mentors each of some mentees may have."""
    counts = [
        (problem.pairs.block(some).points >= 0).sum(axis=1) for some in np.array_split(rows, len(rows) // 256 + 1)
    ]
    return np.concatenate(counts)


def _mentors(problem: Problem, idle: Indexes, code: str) -> list[Unmatched]:
    if not idle.size:
        return []
    counts = np.zeros(len(problem.mentors), dtype=np.int64)
    for block in problem.pairs.blocks():
        counts[block.columns] += (block.points >= 0).sum(axis=0)
    return [
        _unmatched(problem.mentors[column], "mentor", code, others=int(counts[column]))
        if counts[column]
        else ruled_out(problem, problem.mentors[column], "mentor", column)
        for column in idle.tolist()
    ]


def ruled_out(problem: Problem, person: Person, side: Side, index: int) -> Unmatched:
    """Find the constraint that forbids most of the others, with the figures of all."""
    others = len(problem.mentors if side == "mentee" else problem.mentees)
    if not others:
        return _unmatched(person, side, NOBODY_THERE)
    if problem.scored is None:
        return _unmatched(person, side, NOT_LISTED)
    counts = score_parts.forbidding(
        problem.scored, index if side == "mentee" else None, index if side == "mentor" else None
    )
    worst = max(counts, key=counts.__getitem__)
    return _unmatched(person, side, worst, **counts, others=others)


def _groups(problem: Problem, matched: list[tuple[int, int]], waiting: Indexes) -> dict[int, tuple[int, int]]:
    """Count, for each mentee whom some mentor could take, how many compete for how many seats (Hall 1935).

    Those who have the fewest mentors come first, so that a small group does not get the figures of one around it. Who
    could have somebody if a pair were given up that is kept from before is in no such group.
    """
    if len(problem.mentees) * len(problem.mentors) > MOST_CELLS or not waiting.size:
        return {}
    allowed = np.zeros((len(problem.mentees), len(problem.mentors)), dtype=bool)
    for block in problem.pairs.blocks():
        allowed[np.ix_(block.rows, block.columns)] = block.points >= 0
    has = np.zeros_like(allowed)
    has[rows_and_columns(matched)] = True
    found = dict[int, tuple[int, int]]()
    for row in waiting[np.argsort(allowed[waiting].sum(axis=1), kind="stable")].tolist():
        if row not in found:
            mentors = _reached(allowed, has, row)
            holders = has[:, mentors].any(axis=1)
            inside = [one for one in waiting.tolist() if one not in found and not allowed[one, ~mentors].any()]
            figures = int(holders.sum()) + len(inside), int(problem.pairs.seats[mentors].sum())
            found |= dict.fromkeys(inside, figures) if figures[0] > figures[1] else {}
    return found


def _reached(allowed: Flags, has: Flags, row: int) -> Flags:
    """Find the mentors whom a mentee could get if others moved: all of their seats are used, or one would be free."""
    mentors: Flags = allowed[row].copy()
    while True:
        holders = has[:, mentors].any(axis=1)
        wider: Flags = mentors | allowed[holders].any(axis=0)
        if (wider == mentors).all():
            return mentors
        mentors = wider
