"""The best matching of a pool, proved before anybody hears of it, and the best mentor who is left for one mentee."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.matching.algorithm import matching, optimal, problem, unmatched
from services.matching.algorithm.optimal import Optimal, Progress
from services.matching.algorithm.people import Person
from services.matching.algorithm.pool import Pool, kept_out
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.ranking import has_room, possible
from services.matching.algorithm.verify import Refuted, verify
from services.matching.comparing import compared_on, scores
from services.matching.model.fit import Fit
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import ProfileCopy, ProfileInvalid
from services.matching.model.run import LeftOver, RunFigures, RunPair, RunRecord, RunResult
from services.matching.reasons import EVERYBODY_ASKED, PROFILE_INVALID, SEATS_TAKEN, Unmatchable, unmatchable
from shared.contracts.intake import Role
from shared.errors import Refusal
from shared.ids import ApplicationId

MOST_PEOPLE = 10_000
MOST_PAIRS = 4_000_000
"""A mentee and a mentor each. So many take a second or two on one core and a hundred megabytes of memory."""


class PoolTooLarge(Refusal):
    """More people, or more pairs of them, than a run can take."""


class Best(NamedTuple):
    """The best mentor for a mentee."""

    mentor: ApplicationId
    fit: Fit


def solve_pool(
    profiles: Sequence[ProfileCopy],
    seats: Sequence[MentorSeats],
    requests: Sequence[MenteeRequests],
    day: date,
    progress: Progress = lambda _: None,
) -> RunResult:
    """Match those who have no match and are not asked about one, to the seats that are not promised."""
    promised = {place.id: place.promised for place in seats}
    settled = {mentee.id for mentee in requests if mentee.is_settled}
    full = {profile.id for profile in profiles if promised.get(profile.id, 0) >= max(profile.seats, 1)}
    waiting = [profile for profile in profiles if profile.id not in settled | full]
    pool, invalid = pool_of(waiting, promised, {mentee.id: mentee.excluded for mentee in requests}, day)
    check_size(pool)
    stated = problem.of_profiles(pool)
    found = optimal.solve(stated.pairs, stated.objective, progress=progress)
    check_proof(stated, found)
    return RunResult(
        figures=figures(stated, found),
        record=RunRecord.of(matching.record(stated, matching.PLAIN)),
        pairs=run_pairs(stated, found),
        left_over=left_over(waiting, nobody_for(stated, found) | invalid),
    )


def find_mentor(
    mentee: ProfileCopy,
    requests: MenteeRequests,
    mentors: Sequence[ProfileCopy],
    seats: Sequence[MentorSeats],
    day: date,
    is_ranked: bool = False,
) -> Best | Unmatchable:
    """The best mentor who is left for one mentee, or why there is none; `is_ranked` leaves out who is not ranked."""
    pool, invalid = pool_of([mentee, *mentors], {}, {}, day)
    if mentee.id in invalid:
        return invalid[mentee.id]
    if code := kept_out(pool.mentees[0]):
        return unmatchable("mentee", code, {})
    promised = {place.id: place.promised for place in seats}
    return best_left(problem.of_profiles(pool), requests, promised, is_ranked)


def best_left(
    stated: Problem, requests: MenteeRequests, promised: Mapping[str, int], is_ranked: bool = False
) -> Best | Unmatchable:
    """The best mentor of the only mentee who was not asked in vain and has a seat that is not promised.

    Those whom the mentee has ranked come first.
    """
    ranked = [one.column for one in possible(stated, 0)]
    if not ranked:
        told = unmatched.ruled_out(stated, stated.mentees[0], "mentee", 0)
        return unmatchable(told.side, told.code, told.figures)
    unasked = in_order_of_wishes(stated, ranked, requests, is_ranked)
    if not unasked:
        return Unmatchable(EVERYBODY_ASKED, {"mentors": len(ranked)})
    best = next((at for at in unasked if has_room(stated.mentors[at], promised)), None)
    if best is None:
        seats = sum(stated.mentors[at].capacity for at in unasked)
        return Unmatchable(SEATS_TAKEN, {"mentors": len(unasked), "seats": seats})
    (score,) = scores(stated, [(0, best)])
    return Best(ApplicationId(stated.mentors[best].id), Fit.of(score))


def in_order_of_wishes(stated: Problem, best: Sequence[int], requests: MenteeRequests, is_ranked: bool) -> list[int]:
    """The mentors who may be asked: first those whom the mentee has ranked, then, unless `is_ranked`, the others."""
    place: dict[str, int] = {mentor: at for at, mentor in enumerate(requests.ranked)}
    asked = [
        at for at in best if (id := stated.mentors[at].id) not in requests.excluded and (id in place or not is_ranked)
    ]
    return sorted(asked, key=lambda at: place.get(stated.mentors[at].id, len(place)))


def pool_of(
    profiles: Iterable[ProfileCopy],
    promised: Mapping[str, int],
    excluded: Mapping[str, Iterable[ApplicationId]],
    day: date,
) -> tuple[Pool, dict[str, Unmatchable]]:
    """People as they are compared, and those who cannot be: a profile that is invalid keeps out nobody else."""
    people: dict[Role, list[Person]] = {role: [] for role in Role}
    invalid = dict[str, Unmatchable]()
    for profile in profiles:
        try:
            people[profile.role].append(profile.person(promised.get(profile.id, 0), excluded.get(profile.id, ())))
        except ProfileInvalid:
            invalid[profile.id] = Unmatchable(PROFILE_INVALID)
    mentors, mentees = tuple(people[Role.MENTOR]), tuple(people[Role.MENTEE])
    return Pool(mentors=mentors, mentees=mentees, program=compared_on(day)), invalid


def check_size(pool: Pool) -> None:
    """Raises `PoolTooLarge` before memory is short."""
    people, pairs = len(pool.mentors) + len(pool.mentees), len(pool.open_mentees) * len(pool.open_mentors)
    if people > MOST_PEOPLE or pairs > MOST_PAIRS:
        most = f"{MOST_PEOPLE:,} people and {MOST_PAIRS:,} pairs"
        raise PoolTooLarge(f"A run takes {most}: this pool has {people:,} and {pairs:,}.")


def check_proof(stated: Problem, found: Optimal) -> None:
    """Raises `Refuted` unless no matching has more pairs, and none with as many a higher total."""
    verify(stated.pairs, found)
    if not found.is_size_proved or found.gap:
        raise Refuted("not_proved", f"{found.size} pairs with a gap of {found.gap:g} after {found.looks} looks")


def matched(found: Optimal) -> list[tuple[int, int]]:
    """The pairs, by their places among the mentees and the mentors."""
    return list(zip(found.matched.rows.tolist(), found.matched.columns.tolist(), strict=True))


def figures(stated: Problem, found: Optimal) -> RunFigures:
    """What came of a run."""
    return RunFigures(
        size=found.size,
        total=found.total,
        mentors=len(stated.mentors),
        mentees=len(stated.mentees),
        seats=sum(mentor.capacity for mentor in stated.mentors),
    )


def run_pairs(stated: Problem, found: Optimal) -> tuple[RunPair, ...]:
    """The pairs as a run keeps them, by the mentees' ids."""
    pairs = matched(found)
    kept = [
        RunPair(
            mentor_application_id=ApplicationId(stated.mentors[column].id),
            mentee_application_id=ApplicationId(stated.mentees[row].id),
            fit=Fit.of(score),
        )
        for (row, column), score in zip(pairs, scores(stated, pairs), strict=True)
    ]
    return tuple(sorted(kept, key=lambda pair: pair.mentee_application_id))


def nobody_for(stated: Problem, found: Optimal) -> dict[str, Unmatchable]:
    """Those without a match, and why."""
    told = unmatched.explain(stated, matched(found), is_largest=True)
    return {one.id: unmatchable(one.side, one.code, one.figures) for one in told}


def left_over(profiles: Sequence[ProfileCopy], reasons: Mapping[str, Unmatchable]) -> tuple[LeftOver, ...]:
    """Those without a match as a run keeps them, by their ids."""
    return tuple(
        LeftOver(
            application_id=ApplicationId(one.id),
            person_id=one.person_id,
            role=one.role,
            reason=reasons[one.id].code,
            figures=dict(reasons[one.id].figures),
        )
        for one in sorted(profiles, key=lambda one: one.id)
        if one.id in reasons
    )
