"""The best mentor who is left for one mentee, or why there is none."""

import pytest

from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.unmatched_codes import Unmatchable
from services.matching.proposals.model.best_mentor import Best, Search, find_mentor
from services.matching.proposals.model.seats import MentorSeats
from shared.contracts.intake import MeetingFormat
from shared.ids import ApplicationId, MatchId
from tests.services.matching.profiles import WINTER, asked, mentee, mentor


def test_the_next_best_has_a_seat_that_is_not_promised_and_was_not_asked_in_vain() -> None:
    ben = mentee("ben", goals=("lead", "grow"))
    mentors = [mentor("ada", goals=("lead", "grow")), mentor("eve", goals=("lead",)), mentor("flo", goals=("sell",))]
    full = [MentorSeats(id="eve", open={MatchId("m"): ApplicationId("x")})]
    best = find_mentor(Search(ben, asked("ben", "ada"), mentors, full, WINTER, 0))
    assert isinstance(best, Best)
    assert best.mentor == "flo"
    assert [one.criterion for one in best.fit.reasons] == ["goals"]


@pytest.mark.parametrize(
    ("ben", "mentors", "why"),
    [
        (mentee("ben"), [], Unmatchable("no_mentors")),
        (mentee("ben", languages=("tr",)), [mentor("a", languages=("en",))], ("no_common_language",)),
        (mentee("ben", meeting_format=MeetingFormat.AD_HOC), [mentor("a")], ("ad_hoc_only",)),
        (mentee("ben", time_zone="Mars/Olympus"), [mentor("a")], ("profile_invalid",)),
        (mentee("ben"), [mentor("ada")], ("everybody_asked", {"mentors": 1})),
    ],
)
def test_without_a_next_best_the_reason_is_told(
    ben: ProfileCopy, mentors: list[ProfileCopy], why: tuple[object, ...]
) -> None:
    found = find_mentor(Search(ben, asked("ben", "ada"), mentors, [], WINTER, 0))
    assert isinstance(found, Unmatchable)
    assert found[: len(why)] == tuple(why)
