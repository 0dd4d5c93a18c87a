"""How the scores spread, and whether groups of people fare alike."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from services.matching.algorithm.result import GroupFigures

SMALLEST_GROUP = 5
"""A smaller group could be traced to people."""
STEPS = 10

Side = Literal["mentee", "mentor"]


def percentile(scores: Sequence[float], share: float) -> float | None:
    """Find the score that this share of all do not reach; None if there are none."""
    ordered = sorted(scores)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else None


def histogram(scores: Iterable[float], unit: float) -> tuple[int, ...]:
    """Count the scores in each of ten equal steps up to the unit."""
    counts = [0] * STEPS
    for score in scores:
        counts[min(int(score / unit * STEPS), STEPS - 1)] += 1
    return tuple(counts)


def by_group(
    side: Side, people: Mapping[str, Mapping[str, str]], scores: Mapping[str, Sequence[float]]
) -> list[GroupFigures]:
    """Compute match rate and mean score of every group of five or more.

    `people` have their groups by attribute, `scores` are those of each person's matches.
    """
    members = defaultdict[tuple[str, str], list[str]](list)
    for id, groups in people.items():
        for attribute, group in groups.items():
            members[attribute, group].append(id)
    return [
        _figures(side, attribute, group, ids, scores)
        for (attribute, group), ids in sorted(members.items())
        if len(ids) >= SMALLEST_GROUP
    ]


def _figures(
    side: Side, attribute: str, group: str, ids: Sequence[str], scores: Mapping[str, Sequence[float]]
) -> GroupFigures:
    matched = [id for id in ids if scores.get(id)]
    found = [score for id in matched for score in scores[id]]
    return GroupFigures(
        side=side,
        attribute=attribute,
        group=group,
        people=len(ids),
        matched=len(matched),
        match_rate=len(matched) / len(ids),
        mean_score=sum(found) / len(found) if found else None,
    )
