"""mentor-match: its own grid and its own assignment, a round, with the scores and constraints that ours has, too."""

import sys
from typing import Any

import numpy as np
from matching.match import Match  # type: ignore[import-not-found]
from matching.mentee import Mentee  # type: ignore[import-not-found]
from matching.mentor import Mentor  # type: ignore[import-not-found]
from matching.process import process_data  # type: ignore[import-not-found]
from matching.rules import rule  # type: ignore[import-not-found]
from measuring import measure  # type: ignore[import-not-found]


def work(path: str) -> dict[str, float]:
    """One mentor for each mentee: it knows no seats."""
    points = np.load(path)["points"].tolist()

    def people(kind: Any, count: int, side: str) -> list[Any]:  # of a library without types
        return [kind(grade=at, email=f"{at}@{side}.example.org") for at in range(count)]

    def of(match: Match) -> int:
        found: int = points[match.mentee.grade][match.mentor.grade]
        return found

    class Scored(rule.Rule):  # type: ignore[misc]
        """The score of a pair, which stands in its grades."""

        def apply(self, match: Match) -> int:
            return of(match)

    class Rules(list[Any]):
        """Its matches use a list up: each of them gets a copy."""

    rules = Rules([Scored(), rule.Disqualify(lambda match: of(match) < 0)])
    mentors, _ = process_data(
        people(Mentor, len(points[0]), "mentors"), people(Mentee, len(points), "mentees"), [rules]
    )
    return {"size": sum(len(mentor.mentees) for mentor in mentors)}


if __name__ == "__main__":
    measure(lambda: work(sys.argv[1]))
