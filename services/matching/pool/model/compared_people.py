"""The profiles of a program as the matching library compares them."""

from collections.abc import Iterable, Mapping

from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.people import Person
from services.matching.algorithm.program import Program
from services.matching.pool.model.profile import ProfileCopy, ProfileInvalid
from services.matching.pool.model.unmatched_codes import PROFILE_INVALID, Unmatchable
from shared.contracts.intake import Role
from shared.ids import ApplicationId


def pool_of(
    profiles: Iterable[ProfileCopy],
    promised: Mapping[str, int],
    excluded: Mapping[str, Iterable[ApplicationId]],
    program: Program,
) -> tuple[Pool, dict[str, Unmatchable]]:
    """Make a pool of those whose profiles can be compared by a program; the others come with the reason."""
    people: dict[Role, list[Person]] = {role: [] for role in Role}
    invalid = dict[str, Unmatchable]()
    for profile in profiles:
        try:
            people[profile.role].append(profile.person(promised.get(profile.id, 0), excluded.get(profile.id, ())))
        except ProfileInvalid:
            invalid[profile.id] = Unmatchable(PROFILE_INVALID)
    mentors, mentees = tuple(people[Role.MENTOR]), tuple(people[Role.MENTEE])
    return Pool(mentors=mentors, mentees=mentees, program=program), invalid
