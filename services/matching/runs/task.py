"""What a run is to solve: the people of a pool, and how they are to be matched."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.program import Program
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_criteria import compared_on
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.runs.model.run_settings import USUAL, RunSettings
from shared.errors import Refusal
from shared.ids import ApplicationId

MOST_PEOPLE = 10_000
MOST_PAIRS = 4_000_000
"""A mentee and a mentor each. So many take some seconds on one core and three hundred megabytes of memory."""


class PoolTooLarge(Refusal):
    """More people, or more pairs of them, than a run can take."""


class Task(NamedTuple):
    """Everybody in a pool with what they have and are asked about, at some time, and how they are to be matched."""

    profiles: Sequence[ProfileCopy]
    seats: Sequence[MentorSeats]
    requests: Sequence[MenteeRequests]
    at: datetime
    settings: RunSettings = USUAL

    @property
    def program(self) -> Program:
        """How the people are compared."""
        settings = self.settings
        return compared_on(self.at.date(), settings.weights, settings.objective, settings.minimum_score)

    @property
    def promised(self) -> dict[str, int]:
        """How many matches each of them has, or is asked about."""
        asked = {mentee.id: len(mentee.accepted) + len(mentee.open) for mentee in self.requests}
        return {mentor.id: mentor.promised for mentor in self.seats} | asked

    @property
    def excluded(self) -> dict[str, set[ApplicationId]]:
        """Mentors whom mentees must not have."""
        return {one.id: one.barred(self.at) for one in self.requests}

    @property
    def silent(self) -> dict[str, set[ApplicationId]]:
        """Mentors whom mentees have only where nobody else is left: a proposal of the two has expired long ago."""
        return {one.id: silent for one in self.requests if (silent := one.silent(self.at))}


def check_size(pool: Pool) -> None:
    """Raises `PoolTooLarge` before memory is short."""
    people, pairs = len(pool.mentors) + len(pool.mentees), len(pool.open_mentees) * len(pool.open_mentors)
    if people > MOST_PEOPLE or pairs > MOST_PAIRS:
        most = f"{MOST_PEOPLE:,} people and {MOST_PAIRS:,} pairs"
        raise PoolTooLarge(f"A run takes {most}: this pool has {people:,} and {pairs:,}.")
