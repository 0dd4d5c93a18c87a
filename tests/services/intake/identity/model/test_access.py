"""Where people are signed in: refresh tokens are exchanged at each use, sessions end, and mails are counted."""

from datetime import timedelta

import pytest

from services.intake.identity.model.access import MOST_SESSIONS, PER_HOUR, REPEATABLE, Access, Lifetime, Session
from shared.contracts.access import AccessRevoked, RefreshTokenReused
from shared.ids import PersonId
from tests.services.intake.builders import NOW

HOUR, MOMENT = timedelta(hours=1), timedelta(milliseconds=1)
LIFETIME = Lifetime(idle=12 * HOUR, longest=timedelta(days=14))


def session(id: str = "s1", at: timedelta = timedelta()) -> Session:
    return Session(id=id, program="Firefox", signed_in_at=NOW + at, signed_in_by=("otp",), used_at=NOW + at)


def signed_in() -> Access:
    access = Access(id="person/ada")
    access.sign_in(session(), LIFETIME)
    return access


def generation(access: Access, shown: int, at: timedelta) -> int | None:
    """The generation that a refresh token is exchanged for; None if it gives nothing."""
    found = access.refresh("s1", shown, LIFETIME, NOW + at)
    return found.generation if found else None


def test_a_refresh_token_is_exchanged_for_the_next_one() -> None:
    access = signed_in()
    assert [generation(access, shown, shown * HOUR) for shown in (1, 2, 3)] == [2, 3, 4]


def test_a_repeated_request_has_the_same_answer_for_some_seconds() -> None:
    access = signed_in()
    assert generation(access, 1, HOUR) == 2
    assert generation(access, 1, HOUR + REPEATABLE - MOMENT) == 2
    assert generation(access, 2, HOUR + REPEATABLE) == 3


def test_who_stays_signed_in_though_all_tokens_end_gets_later_ones() -> None:
    access = signed_in()
    revoked = access.end_tokens(NOW + HOUR)
    found = access.refresh("s1", 1, LIFETIME, NOW + HOUR)
    assert found is not None
    assert found.not_before == revoked.before == NOW + HOUR


@pytest.mark.parametrize("later", [REPEATABLE, timedelta(hours=11)])
def test_a_token_that_comes_again_later_gives_nothing_and_is_a_reuse(later: timedelta) -> None:
    access = signed_in()
    generation(access, 1, HOUR)
    assert generation(access, 1, HOUR + later) is None
    reused = RefreshTokenReused(access_id="person/ada", person_id=PersonId("ada"), session_id="s1", times=1)
    assert access.note_reuse("s1", LIFETIME, NOW + HOUR + later) == [reused]


def test_a_token_of_two_exchanges_ago_gives_nothing_at_once() -> None:
    access = signed_in()
    generation(access, 1, HOUR)
    generation(access, 2, HOUR)
    assert generation(access, 1, HOUR) is None


def test_each_reuse_is_counted() -> None:
    access = signed_in()
    access.sign_in(session("s2"), LIFETIME)
    times = [access.note_reuse(id, LIFETIME, NOW)[0] for id in ("s1", "s2")]
    assert [one.times for one in times if isinstance(one, RefreshTokenReused)] == [1, 2]


def test_a_session_that_is_not_used_for_long_is_over() -> None:
    access = signed_in()
    assert generation(access, 1, 12 * HOUR) is None
    assert generation(access, 1, 12 * HOUR - MOMENT) == 2


def test_a_session_is_over_after_two_weeks_however_it_is_used() -> None:
    access, shown = signed_in(), 1
    for hours in range(10, 14 * 24, 10):
        assert (shown := generation(access, shown, hours * HOUR) or 0)
    assert generation(access, shown, 14 * 24 * HOUR) is None


def test_a_session_that_was_ended_gives_nothing_and_is_no_reuse() -> None:
    access = signed_in()
    access.sign_in(session("s2"), LIFETIME)
    assert access.end("s1", NOW) == [AccessRevoked(access_id="person/ada", before=NOW, session_id="s1")]
    assert [*access.sessions] == ["s2"]
    assert (generation(access, 1, HOUR), access.note_reuse("s1", LIFETIME, NOW)) == (None, [])


def test_a_session_that_is_not_there_ends_nothing() -> None:
    assert signed_in().end("s9", NOW) == []


def test_who_signs_out_everywhere_has_no_session_left_and_no_token_that_counts() -> None:
    access = signed_in()
    access.sign_in(session("s2"), LIFETIME)
    assert access.end_all(NOW) == [AccessRevoked(access_id="person/ada", before=NOW)]
    assert access.sessions == {}


def test_a_session_that_begins_later_gives_tokens_that_are_not_revoked() -> None:
    access = signed_in()
    access.end_all(NOW)
    access.sign_in(session("s2"), LIFETIME)
    assert access.sessions["s2"].not_before == NOW


def test_who_signs_out_again_within_a_second_revokes_the_tokens_between() -> None:
    access = signed_in()
    first, second = access.end_all(NOW), access.end_all(NOW + MOMENT)
    assert [one.before for one in (*first, *second)] == [NOW, NOW + timedelta(seconds=1)]
    access.sign_in(session("s2"), LIFETIME)
    (ended,) = access.end("s2", NOW + 2 * MOMENT)
    assert ended.before == NOW + timedelta(seconds=2)


def test_the_session_that_was_used_longest_ago_makes_room() -> None:
    access = Access(id="person/ada")
    for number in range(MOST_SESSIONS + 1):
        access.sign_in(session(f"s{number}", timedelta(minutes=number)), LIFETIME)
    assert [*access.sessions] == [f"s{number}" for number in range(1, MOST_SESSIONS + 1)]


def test_sessions_that_are_over_are_forgotten_at_the_next_one() -> None:
    access = signed_in()
    access.sign_in(session("s2", 12 * HOUR), LIFETIME)
    assert [*access.sessions] == ["s2"]


def test_a_person_is_mailed_five_times_an_hour() -> None:
    access = Access(id="person/ada")
    minutes = [timedelta(minutes=number) for number in range(PER_HOUR + 1)]
    assert [access.may_be_mailed(NOW + minute) for minute in minutes] == [True] * PER_HOUR + [False]
    assert access.may_be_mailed(NOW + HOUR)
    assert not access.may_be_mailed(NOW + HOUR)
