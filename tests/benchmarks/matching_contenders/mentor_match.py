"""mentor-match: one mentor for each mentee by three of its rules, a round."""

import random
import sys
from operator import ge
from typing import Any

from matching.mentee import Mentee  # type: ignore[import-not-found]
from matching.mentor import Mentor  # type: ignore[import-not-found]
from matching.process import process_data  # type: ignore[import-not-found]
from matching.rules import rule  # type: ignore[import-not-found]
from measuring import measure  # type: ignore[import-not-found]


def work(mentees: int, mentors: int) -> dict[str, float]:
    """Its own scoring and its own assignment."""
    draw = random.Random(7)

    def people(kind: Any, count: int, prefix: str) -> list[Any]:  # of a library without types
        return [
            kind(
                grade=draw.randint(1, 8),
                organisation=f"o{draw.randint(1, 40)}",
                profession=f"p{draw.randint(1, 20)}",
                email=f"{prefix}{at}@example.org",
            )
            for at in range(count)
        ]

    rules = [
        rule.Disqualify(lambda match: match.mentee.organisation == match.mentor.organisation),
        rule.Grade(1, ge, {True: 12, False: 0}),
        rule.Equivalent("profession", {True: 4, False: 0}),
    ]

    class Fresh(list[Any]):
        """Its matches use the list of rules up: each needs a copy."""

    found, _ = process_data(people(Mentor, mentors, "m"), people(Mentee, mentees, "n"), [Fresh(rules)])
    return {"size": sum(len(mentor.mentees) for mentor in found)}


if __name__ == "__main__":
    measure(lambda: work(int(sys.argv[1]), int(sys.argv[2])))
