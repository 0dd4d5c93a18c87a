"""The rules about sets of matches: a mentor's seats and a mentee's requests."""

import pytest

from services.matching.proposals.model.requests import PAUSED, SEARCHING, WANTS_ANOTHER, MenteeRequests
from services.matching.proposals.model.seats import MOST_OPEN, MentorSeats
from services.matching.proposals.model.unavailable import (
    AlreadyAsked,
    AlreadyPinned,
    MenteeMatched,
    MentorAskedEnough,
    NotPinned,
    PairExcluded,
    RequestsExhausted,
    SeatsPromised,
    SeatsTaken,
)
from shared.ids import ApplicationId, MatchId, ProgramId
from tests.scenario import START

P1 = ProgramId("p1")
M1, M2 = MatchId("m1"), MatchId("m2")
ADA, EVE = ApplicationId("ada"), ApplicationId("eve")


def asked(*pairs: tuple[MatchId, ApplicationId]) -> MenteeRequests:
    """A mentee with open requests to these mentors."""
    requests = MenteeRequests(id="ben")
    for match, mentor in pairs:
        requests.ask(match, mentor, P1)
    return requests


def test_open_proposals_hold_no_seat() -> None:
    seats = MentorSeats(id="ada")
    seats.ask(M1, ApplicationId("ben"), P1)
    seats.check_can_be_asked(seats=1, is_by_hand=True)
    assert (seats.promised, seats.has_free(1)) == (1, True)


def test_only_by_hand_a_mentor_is_asked_about_more_than_the_free_seats() -> None:
    seats = MentorSeats(id="ada", accepted=[M1], open={M2: ApplicationId("ben")})
    seats.check_can_be_asked(seats=3, is_by_hand=False)
    with pytest.raises(SeatsPromised):
        seats.check_can_be_asked(seats=2, is_by_hand=False)


def test_the_last_seat_is_taken_once() -> None:
    seats = MentorSeats(id="ada")
    seats.ask(M1, ApplicationId("ben"), P1)
    seats.accept(M1, seats=1)
    with pytest.raises(SeatsTaken, match="choose another mentor"):
        seats.accept(M2, seats=1)
    assert (seats.accepted, seats.open) == ([M1], {})


def test_fewer_seats_than_are_taken_take_nothing_away() -> None:
    seats = MentorSeats(id="ada", accepted=[M1, M2])
    assert not seats.has_free(1)
    with pytest.raises(SeatsTaken):
        seats.check_can_be_asked(seats=1, is_by_hand=True)


def test_a_mentor_is_asked_about_a_bounded_number_at_once() -> None:
    seats = MentorSeats(id="ada", open={MatchId(f"m{n}"): ApplicationId(f"e{n}") for n in range(MOST_OPEN)})
    with pytest.raises(MentorAskedEnough, match="20 proposals"):
        seats.check_can_be_asked(seats=100, is_by_hand=True)


def test_a_mentee_has_no_more_open_requests_than_the_program_allows() -> None:
    requests = asked((M1, ADA))
    requests.check_can_ask(EVE, open_requests=2)
    with pytest.raises(RequestsExhausted, match="1 open"):
        requests.check_can_ask(EVE, open_requests=1)


def test_a_mentee_has_one_mentor() -> None:
    requests = asked((M1, ADA), (M2, EVE))
    requests.accept(M1)
    assert (requests.accepted, requests.open, requests.met) == ([M1], {M2: EVE}, [ADA])
    with pytest.raises(MenteeMatched):
        requests.accept(M2)
    with pytest.raises(MenteeMatched):
        requests.check_can_ask(EVE, open_requests=5)


def test_a_mentee_who_wants_two_mentors_has_room_for_another_one() -> None:
    requests = asked((M1, ADA), (M2, EVE))
    requests.change_capacity(2)
    requests.accept(M1)
    assert (requests.has_room, len(requests.open), requests.reason) == (True, 1, "")
    requests.accept(M2)
    assert (requests.accepted, requests.has_room) == ([M1, M2], False)


def test_who_wants_another_mentor_and_asks_nobody_has_a_reason() -> None:
    requests = asked((M1, ADA))
    requests.change_capacity(2)
    requests.accept(M1)
    assert requests.reason == WANTS_ANOTHER
    requests.change_capacity(1)
    assert (requests.reason, requests.has_room) == ("", False)


@pytest.mark.parametrize(("stored", "kept"), [(None, []), ("m1", ["m1"]), (["m1", "m2"], ["m1", "m2"])])
def test_what_was_stored_of_a_mentee_with_one_mentor_at_most_is_read(stored: object, kept: list[str]) -> None:
    assert MenteeRequests.model_validate({"accepted": stored}).accepted == kept


def test_who_parts_comes_first_until_the_next_match_and_never_has_the_same_mentor() -> None:
    requests = asked((M1, ADA))
    requests.accept(M1)
    requests.unwind(M1, ADA)
    assert (requests.accepted, requests.has_priority, requests.excluded) == ([], True, {ADA})
    requests.ask(M2, EVE, P1)
    requests.accept(M2)
    assert not requests.has_priority


def test_who_is_kept_apart_is_never_asked() -> None:
    requests = MenteeRequests(id="ben")
    requests.pin(ADA, P1)
    requests.exclude(ADA, P1)
    assert (requests.pinned, requests.excluded) == (None, {ADA})
    with pytest.raises(PairExcluded, match="choose another mentor"):
        requests.check_can_ask(ADA, open_requests=5)
    with pytest.raises(PairExcluded):
        requests.pin(ADA, P1)


def test_one_mentor_is_pinned_at_a_time_until_asked_or_unpinned() -> None:
    requests = MenteeRequests(id="ben")
    requests.pin(ADA, P1)
    with pytest.raises(AlreadyPinned, match="unpin first"):
        requests.pin(EVE, P1)
    requests.unpin(P1)
    with pytest.raises(NotPinned):
        requests.unpin(P1)
    requests.pin(ADA, P1)
    requests.ask(M1, ADA, P1)
    assert requests.pinned is None


def test_those_who_are_ranked_are_wanted_until_they_are_asked() -> None:
    requests = MenteeRequests(id="ben")
    requests.rank([EVE, ADA], P1, at=START)
    requests.ask(M1, EVE, P1)
    assert requests.ranked == [ADA]
    assert (requests.wants_ranked(open_requests=2), requests.wants_ranked(open_requests=1)) == (True, False)


def test_who_was_looked_for_before_a_pause_is_looked_for_after_it() -> None:
    requests = asked((M1, ADA))
    requests.pause()
    requests.close(M1)
    assert not requests.begin_search(P1)
    assert (requests.reason, requests.resume(), requests.begin_search(P1)) == (PAUSED, True, True)
    assert requests.reason == SEARCHING


def test_who_was_asked_nothing_before_a_pause_waits_for_a_run_after_it() -> None:
    requests = MenteeRequests(id="ben")
    requests.pause()
    assert (requests.reason, requests.resume()) == ("", False)


def test_what_there_is_no_room_for_is_told_the_latest_first() -> None:
    seats = MentorSeats(id="ada", accepted=[MatchId("m0")], open={M1: ApplicationId("ben"), M2: ApplicationId("dan")})
    assert [seats.surplus(n) for n in (3, 2, 1, 0)] == [[], [M2], [M2, M1], [M2, M1]]
    requests = asked((M1, ADA), (M2, EVE))
    assert (requests.surplus(1), requests.surplus(0)) == ([], [M1, M2])


def test_who_is_asked_or_was_in_vain_is_not_asked_again() -> None:
    requests = asked((M1, ADA), (M2, EVE))
    requests.decline(M1)
    for mentor in (ADA, EVE):
        with pytest.raises(AlreadyAsked):
            requests.check_can_ask(mentor, open_requests=5)
    assert requests.excluded == {ADA, EVE}


def test_who_lost_the_seat_to_somebody_else_may_be_asked_again() -> None:
    requests = asked((M1, ADA))
    requests.close(M1)
    requests.check_can_ask(ADA, open_requests=5)


def test_a_mentee_without_requests_always_has_a_reason() -> None:
    requests = asked((M1, ADA))
    requests.decline(M1)
    assert requests.begin_search(P1)
    assert requests.reason == SEARCHING
    requests.fail_search("everybody_asked", {"mentors": 1})
    assert (requests.reason, requests.figures) == ("everybody_asked", {"mentors": 1})
    requests.ask(M2, EVE, P1)
    assert (requests.reason, requests.figures) == ("", {})


def test_a_search_that_ends_late_says_nothing() -> None:
    requests = asked((M1, ADA))
    assert requests.begin_search(P1)
    requests.fail_search("everybody_asked", {})
    assert requests.reason == ""
    requests.leave()
    requests.fail_search("everybody_asked", {})
    assert requests.reason == ""


def test_who_has_a_mentor_looks_for_none() -> None:
    requests = asked((M1, ADA))
    requests.accept(M1)
    assert not requests.begin_search(P1)
    assert (requests.has_room, requests.reason) == (False, "")
