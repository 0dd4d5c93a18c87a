"""What a run keeps of what it has found: its figures, its record, its pairs, and who is left over."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from services.matching.algorithm import fairness, stable, strategies, unmatched
from services.matching.algorithm.alternatives import Alternatives, Other
from services.matching.algorithm.optimal import Optimal, Progress
from services.matching.algorithm.pairs import Pairs, points_of, rows_and_columns
from services.matching.algorithm.priority import FIRST, most_of
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.scored_pairs import SCALE
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_criteria import scores
from services.matching.pool.model.unmatched_codes import Unmatchable, unmatchable
from services.matching.proposals.model.fit import Fit
from services.matching.runs.given import Given, IndexPairs
from services.matching.runs.model.run_result import (
    RunFigures,
    RunGroup,
    RunOther,
    RunPair,
    RunReason,
    RunRecord,
    UnmatchedPerson,
)
from services.matching.runs.model.run_settings import RunSettings, RunStrategy
from shared.contracts.intake import Role
from shared.ids import ApplicationId

TOLD_EVERY = 100
"""Pairs whose other mentors are looked up between two words of progress."""


class Found(NamedTuple):
    """The pairs besides the pinned ones, with the gap of their total, and the proof for the pairs that it looked at."""

    pairs: IndexPairs
    gap: float
    proof: Optimal | None = None
    proved_for: Pairs | None = None


def figures(stated: Problem, given: Given, found: Found) -> RunFigures:
    """Compute the figures of a run."""
    matched = given.pinned + found.pairs
    points = points_of(stated.pairs, *rows_and_columns(matched)).tolist()
    first = {row for row, _ in found.pairs} & {*given.first}
    return RunFigures(
        size=len(matched),
        matched=len({row for row, _ in matched}),
        matched_mentors=len({column for _, column in matched}),
        total=sum(points),
        worst=min(points, default=None),
        fifth_percentile=fairness.percentile(points, 0.05),
        histogram=fairness.histogram(points, SCALE),
        gap=found.gap,
        blocking_pairs=stable.blocking(given.pairs, given.pairs, found.pairs).pairs,
        mentors=len(stated.mentors),
        mentees=len(stated.mentees),
        seats=sum(mentor.capacity for mentor in stated.mentors),
        first=int(given.pairs.alone[[*first]].sum()),
        first_at_most=most_of(given.pairs, given.first) if given.first else 0,
    )


def groups(stated: Problem, profiles: Sequence[ProfileCopy], pairs: Sequence[RunPair]) -> tuple[RunGroup, ...]:
    """Compute how groups of either side fare: by region, language and experience, as far as five people are in one."""
    attributes = {one.id: one.groups for one in profiles}
    found = list[RunGroup]()
    for side, people in (("mentee", stated.mentees), ("mentor", stated.mentors)):
        role, reached = Role(side), defaultdict[str, list[float]](list)
        for pair in pairs:
            reached[pair.ids[role is Role.MENTOR]].append(pair.fit.score)
        for one in fairness.by_group(role.value, {person.id: attributes[person.id] for person in people}, reached):
            kept = one.model_dump(include={"attribute", "group", "people", "matched", "mean_score"})
            found.append(RunGroup(role=role, **kept))
    return tuple(found)


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


def run_pairs(stated: Problem, given: Given, found: Found, progress: Progress) -> tuple[RunPair, ...]:
    """List the pairs as a run keeps them, the weakest first, each with the best other mentor."""
    matched, pinned = given.pinned + found.pairs, {*given.pinned}
    others = Alternatives(stated, matched, found.proved_for or stated.pairs, found.proof).find(least_gain=1)
    kept = list[RunPair]()
    for pair, score, other in zip(matched, scores(stated, matched), others, strict=True):
        if len(kept) % TOLD_EVERY == 0:
            progress(f"pricing what else there is: {len(kept):,} of {len(matched):,} pairs")
        kept.append(
            RunPair(
                mentor_application_id=ApplicationId(stated.mentors[pair[1]].id),
                mentee_application_id=ApplicationId(stated.mentees[pair[0]].id),
                fit=Fit.of(score),
                is_pinned=pair in pinned,
                other=_other(stated, other) if other else None,
            )
        )
    return tuple(sorted(kept, key=lambda pair: (pair.fit.points, pair.ids)))


def _other(stated: Problem, other: Other) -> RunOther:
    """Keep another mentor; what would cost somebody with priority their mentor has no price."""
    is_possible = other.lost is not None and other.lost < FIRST * SCALE // 2
    return RunOther(
        mentor_application_id=ApplicationId(stated.mentors[other.column].id),
        points=other.points,
        lost=other.lost if is_possible else None,
        is_exact=other.is_exact,
    )


def nobody_for(stated: Problem, matched: IndexPairs, strategy: RunStrategy) -> dict[str, Unmatchable]:
    """Explain why the others have no match."""
    found = unmatched.explain(stated, matched, strategy)
    return {one.id: unmatchable(one.side, one.code, one.figures) for one in found}


def unmatched_people(
    profiles: Sequence[ProfileCopy], reasons: Mapping[str, Unmatchable]
) -> tuple[UnmatchedPerson, ...]:
    """List those without a match as a run keeps them: by role and reason, sorted by their ids."""
    found = [
        UnmatchedPerson(
            application_id=ApplicationId(one.id),
            person_id=one.person_id,
            role=one.role,
            reason=reasons[one.id].code,
            figures=dict(reasons[one.id].figures),
        )
        for one in profiles
        if one.id in reasons
    ]
    return tuple(sorted(found, key=lambda one: (one.role, one.reason, one.application_id)))


def counted(people: Sequence[UnmatchedPerson]) -> tuple[RunReason, ...]:
    """Count who has nobody for which reason, in the order in which they are kept."""
    counts = Counter((one.role, one.reason) for one in people)
    return tuple(RunReason(role=role, reason=reason, people=count) for (role, reason), count in counts.items())
