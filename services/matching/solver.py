"""Who is matched with whom: first as many mentees as possible, then the highest total score, exactly.

The order of rows never matters: candidates are taken in the order of a hash of their ids, which also breaks ties.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from typing import Self

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict, model_validator

from services.matching.candidate import Candidate
from services.matching.criteria import CONSTRAINTS, ScoringSettings, kept_out
from services.matching.scoring import FORBIDDEN, SCALE, Score, Scores, explain, score_pairs
from shared.contracts.intake import Role
from shared.ids import ApplicationId

Assignment = NDArray[np.int64]
"""For each mentee (row) the mentor (column), or `NOBODY`."""

NOBODY = -1
METHOD = "optimal-1"
"""Numbered anew whenever the same input would give another result."""

SEATS_TAKEN = "seats_taken"
NO_MENTORS = "no_mentors"
NO_MENTEES = "no_mentees"
MATCHED_ELSEWHERE = "matched_elsewhere"
EVERYBODY_ASKED = "everybody_asked"


class Problem(BaseModel):
    """The candidates of a program and how they are compared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    candidates: tuple[Candidate, ...]
    settings: ScoringSettings

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        repeated = [id for id, times in Counter(candidate.id for candidate in self.candidates).items() if times > 1]
        if repeated:
            raise ValueError(f"candidates name an id more than once: {', '.join(sorted(repeated))}")
        return self

    @cached_property
    def ordered(self) -> tuple[Candidate, ...]:
        """All candidates in the order of a hash of their ids: neither the rows nor the alphabet favor anybody."""
        return tuple(sorted(self.candidates, key=lambda candidate: sha256(candidate.id.encode()).digest()))

    @cached_property
    def mentees(self) -> tuple[Candidate, ...]:
        """The mentees who take part."""
        return tuple(one for one in self.ordered if one.role is Role.MENTEE and not kept_out(one))

    @cached_property
    def mentors(self) -> tuple[Candidate, ...]:
        """The mentors who take part."""
        return tuple(one for one in self.ordered if one.role is Role.MENTOR and not kept_out(one))

    @cached_property
    def input_hash(self) -> str:
        """What names these candidates, in any order, in hexadecimal."""
        return sha256("\n".join(candidate.model_dump_json() for candidate in self.ordered).encode()).hexdigest()


class Pair(BaseModel):
    """A mentee and the mentor chosen, by the ids of their applications."""

    model_config = ConfigDict(frozen=True)

    mentee: ApplicationId
    mentor: ApplicationId
    score: Score


class Unmatched(BaseModel):
    """A candidate without a match, and why: a stable code, and figures to put into a sentence."""

    model_config = ConfigDict(frozen=True)

    id: ApplicationId
    role: Role
    code: str
    figures: Mapping[str, int] = {}


class Record(BaseModel):
    """What a result follows from: the same record gives the same result."""

    model_config = ConfigDict(frozen=True)

    input_hash: str
    settings: ScoringSettings
    versions: Mapping[str, str]

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """The record of solving the problem with what is installed here."""
        versions = {"method": METHOD, "ortools": version("ortools"), "tzdata": version("tzdata")}
        return cls(input_hash=problem.input_hash, settings=problem.settings, versions=versions)


class Solution(BaseModel):
    """Every candidate is in a pair or unmatched. `size` counts the mentees matched; `total` is in millionths."""

    model_config = ConfigDict(frozen=True)

    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    size: int
    total: int
    record: Record


def solve(problem: Problem) -> Solution:
    """Match as many mentees as possible, and among all ways to do so take one with the highest total score."""
    scores = score_pairs(problem.mentees, problem.mentors, problem.settings)
    mentor_of = assign(scores, [mentor.seats for mentor in problem.mentors])
    chosen = [(problem.mentees[row], problem.mentors[mentor_of[row]]) for row in np.flatnonzero(mentor_of != NOBODY)]
    pairs = [pair(mentee, mentor, problem.settings) for mentee, mentor in chosen]
    return Solution(
        pairs=tuple(sorted(pairs, key=lambda pair: pair.mentee)),
        unmatched=tuple(sorted(_unmatched(problem, scores, mentor_of), key=lambda one: one.id)),
        size=len(pairs),
        total=sum(pair.score.points for pair in pairs),
        record=Record.of(problem),
    )


def pair(mentee: Candidate, mentor: Candidate, settings: ScoringSettings) -> Pair:
    """Two who may be matched, with their score and its reasons."""
    return Pair(mentee=mentee.id, mentor=mentor.id, score=explain(mentee, mentor, settings))


def assign(scores: Scores, seats: Sequence[int]) -> Assignment:
    """A maximum flow of minimum cost from mentees to the seats of mentors (cost scaling, Goldberg 1997).

    A pair costs what its score lacks of 1, so no cost exceeds a million: no sum comes near 64 bits.
    """
    rows, columns = np.nonzero(scores != FORBIDDEN)
    mentor_of = np.full(len(scores), NOBODY)
    if not rows.size:
        return mentor_of
    flow = SimpleMinCostFlow()
    costs = SCALE - scores[rows, columns].astype(np.int64)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(rows, columns + len(scores), np.ones_like(costs), costs)
    supplies = [1] * len(scores) + [-min(free, len(scores)) for free in seats]
    flow.set_nodes_supplies(np.arange(len(supplies)), supplies)
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"no optimal flow among {rows.size} pairs: {status.name}")
    used = np.flatnonzero(flow.flows(arcs))
    mentor_of[rows[used]] = columns[used]
    return mentor_of


def _unmatched(problem: Problem, scores: Scores, mentor_of: Assignment) -> list[Unmatched]:
    out = [_without(one, code) for one in problem.candidates if (code := kept_out(one))]
    short = _seats_taken(problem, scores, mentor_of)
    for row in np.flatnonzero(mentor_of == NOBODY).tolist():
        mentee = problem.mentees[row]
        out.append(short[row] if row in short else _ruled_out(mentee, problem.mentors))
    for column in sorted({*range(len(problem.mentors))} - {*mentor_of.tolist()}):
        mentor, allowed = problem.mentors[column], int((scores[:, column] != FORBIDDEN).sum())
        elsewhere = _without(mentor, MATCHED_ELSEWHERE, mentees=allowed)
        out.append(elsewhere if allowed else _ruled_out(mentor, problem.mentees))
    return out


def _without(candidate: Candidate, code: str, **figures: int) -> Unmatched:
    return Unmatched(id=candidate.id, role=candidate.role, code=code, figures=figures)


def _ruled_out(candidate: Candidate, others: Sequence[Candidate]) -> Unmatched:
    """Why none of the others is allowed: the constraint that forbids most of them, and how many each forbids."""
    if not others:
        return _without(candidate, NO_MENTORS if candidate.role is Role.MENTEE else NO_MENTEES)
    sides = ([candidate], others) if candidate.role is Role.MENTEE else (others, [candidate])
    forbidden = {code: int((~are_allowed(*sides)).sum()) for code, are_allowed in CONSTRAINTS.items()}
    worst = max(forbidden, key=forbidden.__getitem__)
    return _without(candidate, worst, **{code: count for code, count in forbidden.items() if count})


def _seats_taken(problem: Problem, scores: Scores, mentor_of: Assignment) -> dict[int, Unmatched]:
    """For each mentee whom some mentor could take, the group that competes for too few seats.

    Those who have the fewest mentors come first, so that a small group is not told the figures of one around it.
    """
    allowed = scores != FORBIDDEN
    choices = allowed.sum(axis=1)
    waiting = [int(row) for row in np.argsort(choices, kind="stable") if mentor_of[row] == NOBODY and choices[row]]
    told: dict[int, Unmatched] = {}
    while waiting:
        mentors, matched = _reach(allowed, mentor_of, waiting[0])
        inside = [row for row in waiting if not allowed[row, ~mentors].any()]
        seats = sum(problem.mentors[column].seats for column in np.flatnonzero(mentors))
        for row in inside:
            told[row] = _without(problem.mentees[row], SEATS_TAKEN, mentees=matched + len(inside), seats=seats)
        waiting = [row for row in waiting if row not in told]
    return told


def _reach(allowed: NDArray[np.bool_], mentor_of: Assignment, row: int) -> tuple[NDArray[np.bool_], int]:
    """The mentors a mentee could get if others moved, and how many mentees they have: none of these can go elsewhere.

    All their seats are taken, or the mentee would have been matched (Hall 1935).
    """
    mentors = allowed[row]
    while True:
        matched = np.isin(mentor_of, np.flatnonzero(mentors))
        wider = mentors | allowed[matched].any(axis=0)
        if (wider == mentors).all():
            return mentors, int(matched.sum())
        mentors = wider


def next_best(
    problem: Problem, taken: Mapping[ApplicationId, int], mentee: ApplicationId, excluded: Collection[ApplicationId]
) -> Pair | Unmatched:
    """The best mentor with a free seat for one mentee, or why there is none.

    `taken` counts the seats that mentors have given away since the problem was stated; `excluded` are mentors who are
    not to be asked again. Among equals, the hash of the ids decides.
    """
    person = next((one for one in problem.candidates if one.id == mentee and one.role is Role.MENTEE), None)
    if person is None:
        raise ValueError(f"{mentee} is no mentee of this problem")
    if code := kept_out(person):
        return _without(person, code)
    scores = score_pairs([person], problem.mentors, problem.settings)[0]
    ranked = [problem.mentors[at] for at in np.argsort(-scores, kind="stable") if scores[at] != FORBIDDEN]
    if not ranked:
        return _ruled_out(person, problem.mentors)
    unasked = [mentor for mentor in ranked if mentor.id not in excluded]
    if not unasked:
        return _without(person, EVERYBODY_ASKED, mentors=len(ranked))
    best = next((mentor for mentor in unasked if taken.get(mentor.id, 0) < mentor.seats), None)
    if best is None:
        return _without(person, SEATS_TAKEN, mentors=len(unasked), seats=sum(mentor.seats for mentor in unasked))
    return pair(person, best, problem.settings)
