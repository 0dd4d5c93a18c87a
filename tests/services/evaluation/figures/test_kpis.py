"""The six figures: what counts, what does not, and which events are behind them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from services.evaluation.figures.kpis import KPIS, Facts, Figure, KpiName
from services.evaluation.figures.model import (
    ApplicationFact,
    FeedbackFact,
    InvitationFact,
    Mark,
    MatchFact,
    SessionFact,
)
from shared.contracts.intake import Role
from shared.ids import ApplicationId

NOW = datetime(2027, 6, 1, 12, tzinfo=UTC)
IDS: Iterator[int] = count()


def mark(days_ago: float = 0, id: str = "") -> Mark:
    return Mark(event_id=id or f"e{next(IDS):06}", type="SomethingHappened", at=NOW - timedelta(days=days_ago))


def application(
    id: int, approved: float = 0, withdrawn: float | None = None, role: Role = Role.MENTEE
) -> ApplicationFact:
    gone = mark(withdrawn) if withdrawn is not None else None
    return ApplicationFact(id=str(id), role=role, approved=mark(approved), withdrawn=gone)


def accepted(application: int, days_ago: float = 0) -> MatchFact:
    return MatchFact(application_id=ApplicationId(str(application)), accepted=mark(days_ago))


def unwound(application: int, accepted_days_ago: float) -> MatchFact:
    return accepted(application, accepted_days_ago).model_copy(update={"unwound": mark()})


def session(ended_days_ago: float, *, completed: bool = False, cancelled: bool = False) -> SessionFact:
    return SessionFact(
        ends_at=NOW - timedelta(days=ended_days_ago),
        scheduled=mark(),
        completed=mark() if completed else None,
        cancelled=mark() if cancelled else None,
    )


def said(satisfaction: int | None) -> FeedbackFact:
    return FeedbackFact(given=mark(), satisfaction=satisfaction)


def answered() -> InvitationFact:
    return InvitationFact(invited=mark(), answered=mark())


def figure(name: KpiName, facts: Facts) -> Figure:
    return KPIS[name].measure(facts)


def test_the_match_rate_is_of_approved_mentees() -> None:
    mentees = [application(id) for id in range(80)]
    others = [application(100, role=Role.MENTOR), application(101, withdrawn=0)]
    facts = Facts(NOW, applications=mentees + others, matches=[accepted(id) for id in (*range(62), 101)])
    found = figure(KpiName.MATCH_RATE, facts)
    assert (found.value, found.numerator, found.denominator) == (77.5, 62, 80)


def test_a_mentee_with_two_mentors_counts_once() -> None:
    facts = Facts(NOW, applications=[application(1)], matches=[accepted(1), accepted(1)])
    assert figure(KpiName.MATCH_RATE, facts).value == 100.0


def test_a_match_that_was_unwound_is_live_no_more_though_it_was_accepted() -> None:
    again, alone = unwound(1, 9), unwound(2, 9)
    facts = Facts(NOW, [application(1, 10), application(2, 10)], matches=[again, alone, accepted(1, 5)])
    assert figure(KpiName.MATCH_RATE, facts).value == 50.0
    assert figure(KpiName.ACCEPTANCE, facts).value == 100.0
    assert figure(KpiName.TIME_TO_MATCH, facts).value == 1.0


def test_behind_the_match_rate_is_the_match_that_lives_and_not_the_one_that_was_unwound() -> None:
    live = accepted(1, 5)
    found = figure(KpiName.MATCH_RATE, Facts(NOW, [application(1, 10)], matches=[unwound(1, 9), live]))
    assert live.accepted in found.marks
    assert len(found.marks) == 2


@pytest.mark.parametrize(("still_waiting", "days"), [([], 8.0), ([30], 10.5)])
def test_the_time_to_match_is_the_median_with_those_who_still_wait(still_waiting: list[int], days: float) -> None:
    waits = [3, 5, 8, 13, 21]
    applications = [application(days, approved=days) for days in waits + still_waiting]
    facts = Facts(NOW, applications=applications, matches=[accepted(days) for days in waits])
    assert figure(KpiName.TIME_TO_MATCH, facts).value == days


def test_a_withdrawn_mentee_waited_until_the_withdrawal() -> None:
    applications = [application(1, approved=10), application(2, approved=40, withdrawn=39)]
    facts = Facts(NOW, applications=applications, matches=[accepted(1)])
    assert figure(KpiName.TIME_TO_MATCH, facts).value == 10.0


def test_the_wait_ends_with_the_first_accepted_match() -> None:
    facts = Facts(NOW, applications=[application(1, approved=10)], matches=[accepted(1, 2), accepted(1, 6)])
    assert figure(KpiName.TIME_TO_MATCH, facts).value == 4.0


def test_an_acceptance_that_was_heard_of_before_the_approval_is_a_wait_of_nothing() -> None:
    facts = Facts(NOW, applications=[application(1, approved=1)], matches=[accepted(1, 2)])
    assert figure(KpiName.TIME_TO_MATCH, facts).value == 0.0


def test_acceptance_leaves_open_proposals_out() -> None:
    matches = [
        *(MatchFact(accepted=mark()) for _ in range(31)),
        *(MatchFact(declined=mark()) for _ in range(9)),
        *(MatchFact(expired=mark()) for _ in range(6)),
        *(MatchFact() for _ in range(5)),
    ]
    found = figure(KpiName.ACCEPTANCE, Facts(NOW, matches=matches))
    assert (found.value, found.numerator, found.denominator) == (67.4, 31, 46)


def test_sessions_are_due_when_they_should_be_over_and_were_not_cancelled() -> None:
    sessions = [
        *(session(1, completed=True) for _ in range(18)),
        *(session(1) for _ in range(6)),
        *(session(1, cancelled=True) for _ in range(3)),
        *(session(-1) for _ in range(3)),
    ]
    found = figure(KpiName.SESSION_COMPLETION, Facts(NOW, sessions=sessions))
    assert (found.value, found.numerator, found.denominator) == (75.0, 18, 24)


def test_a_session_completed_before_its_end_is_due() -> None:
    assert figure(KpiName.SESSION_COMPLETION, Facts(NOW, sessions=[session(-0.01, completed=True)])).value == 100.0


def test_what_was_not_observed_is_on_neither_side_of_satisfaction() -> None:
    found = figure(KpiName.SATISFACTION, Facts(NOW, feedback=[said(5), said(4), said(None), said(4), said(5), said(3)]))
    assert (found.value, found.numerator, found.denominator) == (4.2, 21, 5)


@pytest.mark.parametrize("ratings", [[5], [1, 5], [3, 3, 3, 3], [4, None, None, None, None]])
def test_what_few_have_answered_is_no_figure_and_says_so(ratings: list[int | None]) -> None:
    found = figure(KpiName.SATISFACTION, Facts(NOW, feedback=[said(rating) for rating in ratings]))
    answers = sum(rating is not None for rating in ratings)
    assert (found.value, found.numerator, found.denominator) == (None, None, answers)
    assert KPIS[KpiName.SATISFACTION].text(found) == "fewer than 5 answers"


def test_no_figure_of_what_people_answered_names_the_answers() -> None:
    assert not figure(KpiName.SATISFACTION, Facts(NOW, feedback=[said(5)] * 9)).marks


def test_satisfaction_that_nobody_observed_is_no_figure() -> None:
    found = figure(KpiName.SATISFACTION, Facts(NOW, feedback=[said(None), said(None)]))
    assert KPIS[KpiName.SATISFACTION].text(found) == "-"


def test_the_response_rate_comes_with_its_interval() -> None:
    invitations = [*(answered() for _ in range(12)), *(InvitationFact(invited=mark()) for _ in range(18))]
    found = figure(KpiName.RESPONSE_RATE, Facts(NOW, invitations=invitations))
    assert (found.value, found.interval) == (40.0, (24.6, 57.7))


@pytest.mark.parametrize("name", KpiName)
def test_there_is_no_figure_of_nothing(name: KpiName) -> None:
    found = figure(name, Facts(NOW))
    assert (found.value, found.numerator, found.denominator, list(found.marks)) == (None, 0, 0, [])
    assert KPIS[name].text(found) == "-"


def test_a_figure_names_the_events_behind_it_in_order() -> None:
    pair = MatchFact(application_id=ApplicationId("1"), accepted=mark(id="b"))
    mentee = ApplicationFact(id="1", role=Role.MENTEE, approved=mark(id="a"))
    other = ApplicationFact(id="2", role=Role.MENTEE, approved=mark(id="c"))
    facts = Facts(NOW, applications=[other, mentee], matches=[pair])
    assert [mark.event_id for mark in figure(KpiName.MATCH_RATE, facts).marks] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        (KpiName.MATCH_RATE, 77.5, "77.5 %"),
        (KpiName.SESSION_COMPLETION, 75.0, "75 %"),
        (KpiName.TIME_TO_MATCH, 10.5, "10.5 days"),
        (KpiName.SATISFACTION, 4.5, "4.5 of 5"),
    ],
)
def test_a_figure_reads_as_people_write_it(name: KpiName, value: float, text: str) -> None:
    assert KPIS[name].text(Figure(value, 1, 1, ())) == text
