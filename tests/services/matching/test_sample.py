"""The sample community from its files to its matches: as intake understands it, and as matching proposes it."""

from collections import Counter
from datetime import timedelta

import pytest

from services.intake.importing.report import read_people
from services.matching.proposals.model.requests import MenteeRequests
from shared.contracts.intake import MeetingFormat, Profile, Role
from shared.contracts.matching import (
    MatchAccepted,
    MatchExpired,
    MatchProposed,
    MatchRunCompleted,
    NoMatchFound,
)
from tests.scenario import Scenario
from tests.services.matching.community import FOLDER
from tests.services.matching.program import (
    accept_both,
    answers_due,
    approved,
    check_nothing_waits,
    last,
    of,
    profile,
    program,
    proposed,
    publish,
    run,
)

pytestmark = pytest.mark.long

FILES = {Role.MENTOR: "mentors.csv", Role.MENTEE: "mentees.csv"}


def sample() -> list[Profile]:
    """The profiles of everybody in the files; who states no seats and does not meet ad hoc only offers two."""
    profiles = []
    for role, file in FILES.items():
        _, people = read_people((FOLDER / file).read_bytes(), role, None)
        for person in people:
            stated = person.model_dump(include={*Profile.model_fields}, exclude_none=True)
            usual = 0 if person.meeting_format is MeetingFormat.AD_HOC else 2
            profiles.append(profile(f"{role}-{person.line}", role, **{"seats": usual} | stated))
    return profiles


@pytest.fixture
def published() -> Scenario:
    """Everybody is approved, in one batch; a run is computed and published."""
    scenario = program()
    bodies = [body for stated in sample() for body in (stated, approved(stated.application_id, stated.role))]
    messages = [message for body in bodies for message in scenario.messages(body, "client/test")]
    answers = scenario.loop.run_until_complete(scenario.executor.handle(messages))
    assert not [answer.error for answer in answers if answer.error]
    publish(scenario, run(scenario))
    return scenario.advance(timedelta(seconds=1))


def test_seventy_of_ninety_six_mentees_are_matched_to_eighty_seats_and_everybody_else_is_told_why(
    published: Scenario,
) -> None:
    completed = last(published, MatchRunCompleted)
    assert (completed.size, completed.mentees, completed.mentors, completed.seats) == (70, 72, 37, 80)
    assert 0.8 < completed.total_score / completed.size < 0.9
    told = Counter(one.reason for one in of(published, NoMatchFound))
    assert told == {"ad_hoc_only": 24 + 11, "seats_taken": 2, "matched_elsewhere": told["matched_elsewhere"]}
    matched = {id for pair in proposed(published) for id in pair}
    assert len(matched) + told.total() == 48 + 96
    check_nothing_waits(published)


def test_every_proposal_has_a_score_and_reasons(published: Scenario) -> None:
    proposals = of(published, MatchProposed)
    assert len(proposals) == 70
    assert all(0.5 < one.score <= 1 and one.reasons for one in proposals)


def test_when_all_accept_no_mentor_has_more_mentees_than_seats(published: Scenario) -> None:
    for one in of(published, MatchProposed):
        assert accept_both(published, one.match_id).status == 200
    assert len(of(published, MatchAccepted)) == 70
    seats: dict[str, int] = {stated.application_id: stated.seats for stated in sample()}
    taken = Counter(mentor for mentor, _ in proposed(published))
    assert all(count <= seats[mentor] for mentor, count in taken.items())
    assert answers_due(published) == {}


def test_when_nobody_answers_everybody_is_proposed_to_the_next_best_after_a_week(published: Scenario) -> None:
    first = set(proposed(published))
    published.advance(timedelta(days=7))
    assert len(of(published, MatchExpired)) == 70
    assert len([row for row in published.asked() if row["type"] == "FindNextBest"]) == 70
    published.perform()
    second = proposed(published)[70:]
    assert {mentee for _, mentee in second} <= {mentee for _, mentee in first}
    assert not first & set(second)
    left = {mentee for _, mentee in first} - {mentee for _, mentee in second}
    waiting = [published.get(MenteeRequests, mentee).reason for mentee in left]
    assert len(second) + len(waiting) == 70
    assert "" not in waiting
    check_nothing_waits(published)
