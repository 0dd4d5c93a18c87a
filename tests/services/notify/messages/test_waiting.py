"""Who has no match is told so, and is not told once that is no longer true."""

from datetime import timedelta
from typing import Any

import pytest

from services.notify.messages.model.notification import NotificationStatus
from shared.contracts.intake import Role
from shared.contracts.matching import LeftWithoutMatch, MatchExtended, MatchQuestionAsked, WaitingEnded
from shared.ids import MatchId
from tests.scenario import START, Scenario
from tests.services.notify.harbor import (
    ADA,
    BEN,
    BENS_APPLICATION,
    DAY,
    EXPIRED,
    HOUR,
    PAIR,
    PROPOSED,
    at,
    harbor,
    notified,
)
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import sent, text

NOW = timedelta()


def left_over(times: int = 1, **changes: Any) -> LeftWithoutMatch:
    facts = {"reason": "seats_taken", "since": START, "times": times, "next_look_at": START + 30 * DAY}
    return LeftWithoutMatch(**BENS_APPLICATION | facts | changes)


def ended(times: int = 1) -> WaitingEnded:
    return WaitingEnded(**BENS_APPLICATION, times=times)


def asked(number: int = 1, by: Role = Role.MENTEE) -> MatchQuestionAsked:
    return MatchQuestionAsked(match_id=MatchId("m1"), asked_by=by, number=number, expires_at=START + 14 * DAY, **PAIR)


def extended(times: int = 1, by: Role = Role.MENTEE) -> MatchExtended:
    return MatchExtended(
        match_id=MatchId("m1"), extended_by=by, times=times, expires_at=START + (7 + 7 * times) * DAY, **PAIR
    )


def templates(scenario: Scenario) -> list[tuple[str, str]]:
    found = [(item.person_id, item.draft.template) for item in notified(scenario)]
    return [one for one in found if not one[1].startswith("match_proposed")]


def test_each_time_is_told_once_however_often_it_is_published() -> None:
    scenario = harbor(left_over(), left_over())
    assert templates(scenario) == [(BEN, "left_without_match")]
    at(scenario, 30 * DAY).when(left_over(2))
    assert templates(scenario) == [(BEN, "left_without_match")] * 2


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("seats_taken", "more people look for a mentor than there are places"),
        ("no_common_language", "they speak other languages"),
        ("score_too_low", "we would rather not suggest just anybody"),
        ("everybody_asked", "was asked, and cannot say yes at the moment"),
        ("pin_impossible", "was chosen for you cannot take you on"),
        ("profile_invalid", "cannot be read"),
        ("a_reason_to_come", "nobody whom we could suggest"),
    ],
)
def test_a_mentee_reads_why_what_happens_next_and_what_they_can_do(
    postmaster: Postmaster, reason: str, words: str
) -> None:
    (letter,) = sent(harbor(left_over(reason=reason)), postmaster)
    assert letter["Subject"] == "Growing: we are still looking for your mentor"
    read = " ".join(text(letter).split())
    assert words in read
    assert "as soon as a place is free, we look for you again" in read
    assert "with more languages, areas or times at which you can meet" in read
    assert "https://mentoring.example/app/applications" in read


@pytest.mark.parametrize("reason", ["matched_elsewhere", "no_common_language", "score_too_low", "profile_invalid"])
def test_a_mentor_reads_that_the_offer_stands(postmaster: Postmaster, reason: str) -> None:
    (letter,) = sent(harbor(left_over(person_id=ADA, role=Role.MENTOR, reason=reason)), postmaster)
    assert letter["Subject"] == "Growing: there is no mentee for you yet"
    assert "Your offer stands" in text(letter)


def test_what_waits_for_the_morning_is_not_sent_once_somebody_was_found(postmaster: Postmaster) -> None:
    scenario = at(harbor(), 13 * HOUR)
    scenario.when(left_over())
    scenario.advance(NOW).when(ended())
    assert sent(scenario.advance(12 * HOUR), postmaster) == []
    (letter,) = notified(scenario)
    assert letter.status is NotificationStatus.OUTDATED


def test_an_end_that_is_heard_of_again_does_not_outdate_what_is_told_later() -> None:
    scenario = harbor(left_over(), ended(), left_over(2))
    scenario.when(ended())
    assert len(templates(scenario)) == 2
    assert len(scenario.advance(NOW).asked()) == 2


def test_the_other_side_is_told_of_each_message_and_of_more_time(postmaster: Postmaster) -> None:
    scenario = harbor(PROPOSED)
    sent(scenario, postmaster)
    for event in (asked(1), asked(2, Role.MENTOR), asked(3), extended(2, Role.MENTOR)):
        scenario.when(event)
    assert sorted(letter["Subject"] for letter in sent(scenario, postmaster)) == [
        "Growing: Ada Okafor has written to you",
        "Growing: Ada Okafor needs more time",
        "Growing: Ben Weiß has written to you",
        "Growing: Ben Weiß has written to you",
    ]


def test_a_letter_about_a_message_says_until_when_and_where_to_answer(postmaster: Postmaster) -> None:
    scenario = harbor(PROPOSED)
    sent(scenario, postmaster)
    scenario.when(asked())
    (letter,) = sent(scenario, postmaster)
    assert "by Monday, January 18, 2027, 10:00 AM (Africa/Lagos, GMT+01:00)" in text(letter)
    assert "Read and answer: https://mentoring.example/app/matches/m1\n" in text(letter)


@pytest.mark.parametrize("event", [asked(), extended()], ids=["message", "extension"])
def test_what_is_said_before_an_answer_is_not_told_after_it(event: MatchQuestionAsked | MatchExtended) -> None:
    assert "match_question_asked" not in {template for _, template in templates(harbor(PROPOSED, EXPIRED, event))}
    assert "match_extended" not in {template for _, template in templates(harbor(PROPOSED, EXPIRED, event))}
