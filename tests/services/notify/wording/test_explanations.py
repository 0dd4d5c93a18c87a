from typing import Any

import pytest

from services.notify.local_copies import Profile
from services.notify.messages.model.draft import Proposal
from services.notify.wording.explanations import explanations, hours_apart
from shared.contracts.matching import Contribution
from shared.ids import ApplicationId
from tests.scenario import START
from tests.services.notify.harbor import DAY

JULY = START + 180 * DAY


def contribution(criterion: str, value: float = 1, contribution: float = 0.1) -> Contribution:
    return Contribution(criterion=criterion, value=value, weight=20, contribution=contribution)


def said(*contributions: Contribution, mentor: Profile, mentee: Profile) -> list[Any]:
    proposal = Proposal(
        reasons=contributions,
        mentor_application_id=ApplicationId("1"),
        mentee_application_id=ApplicationId("2"),
    )
    return explanations(proposal, {"1": mentor, "2": mentee}, at=START)


MENTOR = Profile(
    areas=("Data  Science", "CLOUD"),
    programming_languages=("Go", "Python"),
    goals=("Find a job", "Grow"),
    experience="11+ years",
    time_zone="Europe/London",
)
MENTEE = Profile(
    areas=("Cloud", "Web", "data science"),
    programming_languages=("Python",),
    goals=("Grow",),
    experience="0-1 years",
    time_zone="Asia/Kolkata",
)


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        ("areas", ["Cloud", "data science"]),
        ("programming_languages", ["Python"]),
        ("goals", ["Grow"]),
        ("experience", ["11+ years"]),
    ],
)
def test_the_words_of_a_reason_are_what_both_state_as_the_mentee_writes_it(criterion: str, words: list[str]) -> None:
    (reason,) = said(contribution(criterion), mentor=MENTOR, mentee=MENTEE)
    assert reason == {"criterion": criterion, "words": words, "hours_apart": None}


def test_a_zone_is_said_in_hours() -> None:
    (reason,) = said(contribution("zone"), mentor=MENTOR, mentee=MENTEE)
    assert reason == {"criterion": "zone", "words": [], "hours_apart": 5.5}


def test_the_weightiest_reason_comes_first() -> None:
    parts = (contribution("goals", contribution=0.1), contribution("areas", contribution=0.3))
    assert [reason["criterion"] for reason in said(*parts, mentor=MENTOR, mentee=MENTEE)] == ["areas", "goals"]


@pytest.mark.parametrize(
    "part",
    [
        contribution("areas", value=0, contribution=0),
        contribution("zone", value=0.4),
        contribution("unheard-of", value=0.4),
    ],
)
def test_what_hardly_speaks_for_a_pair_is_not_said(part: Contribution) -> None:
    assert said(part, mentor=MENTOR, mentee=MENTEE) == []


def test_a_new_criterion_is_said_by_its_name_if_it_is_clear() -> None:
    (reason,) = said(contribution("industry"), mentor=MENTOR, mentee=MENTEE)
    assert reason == {"criterion": "industry", "words": [], "hours_apart": None}


@pytest.mark.parametrize(
    ("one", "other", "winter", "summer"),
    [
        ("Europe/Berlin", "Africa/Lagos", 0, 1),
        ("Europe/London", "Asia/Kolkata", 5.5, 4.5),
        ("Pacific/Kiritimati", "Pacific/Honolulu", 0, 0),
        ("America/Los_Angeles", "Asia/Tokyo", 7, 8),
    ],
)
def test_clocks_are_compared_as_they_stand_and_around_the_world(
    one: str, other: str, winter: float, summer: float
) -> None:
    mentor, mentee = Profile(time_zone=one), Profile(time_zone=other)
    assert (hours_apart(mentor, mentee, START), hours_apart(mentee, mentor, JULY)) == (winter, summer)


def test_a_zone_that_nobody_stated_is_no_data() -> None:
    assert hours_apart(MENTOR, Profile(), START) is None
