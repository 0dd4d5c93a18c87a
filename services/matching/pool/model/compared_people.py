"""The profiles of a program as the matching library compares them."""

from collections.abc import Iterable, Mapping
from datetime import date

from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.people import Person
from services.matching.pool.model.profile import ProfileCopy, ProfileInvalid
from services.matching.pool.model.program_criteria import compared_on
from services.matching.pool.model.unmatched_codes import PROFILE_INVALID, Unmatchable
from services.matching.runs.model.run_settings import USUAL, RunSettings
from shared.contracts.intake import Role
from shared.ids import ApplicationId


def pool_of(
    profiles: Iterable[ProfileCopy],
    promised: Mapping[str, int],
    excluded: Mapping[str, Iterable[ApplicationId]],
    day: date,
    settings: RunSettings = USUAL,
) -> tuple[Pool, dict[str, Unmatchable]]:
    """Make people to compare of profiles; apart, those who cannot be compared, since their profiles are invalid."""
    people: dict[Role, list[Person]] = {role: [] for role in Role}
    invalid = dict[str, Unmatchable]()
    for profile in profiles:
        try:
            people[profile.role].append(profile.person(promised.get(profile.id, 0), excluded.get(profile.id, ())))
        except ProfileInvalid:
            invalid[profile.id] = Unmatchable(PROFILE_INVALID)
    compared = compared_on(day, settings.weights, settings.objective, settings.minimum_score)
    mentors, mentees = tuple(people[Role.MENTOR]), tuple(people[Role.MENTEE])
    return Pool(mentors=mentors, mentees=mentees, program=compared), invalid
