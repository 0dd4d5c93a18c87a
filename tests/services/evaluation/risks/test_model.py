"""The rules of relationships that may be drifting apart."""

from datetime import timedelta

from services.evaluation.risks.model import RelationshipWatch, RiskCase
from shared.contracts.evaluation import RelationshipAtRisk
from shared.contracts.intake import ProgramRules
from shared.contracts.members import pair
from shared.ids import RiskCaseId, SessionId
from tests.scenario import START
from tests.services.evaluation.events import ADA, BEN, PROGRAM, R1, STARTED

S1, S2 = SessionId("s1"), SessionId("s2")


def watch() -> RelationshipWatch:
    begun = RelationshipWatch(id="r1")
    begun.begin(STARTED, "e1", ProgramRules(nothing_booked_days=10))
    return begun


def test_a_watch_keeps_the_program_its_members_and_the_rules_of_the_start() -> None:
    rules = ProgramRules(nothing_booked_days=21)
    begun = RelationshipWatch(id="r1")
    assert begun.begin(STARTED, "e1", rules) == START + timedelta(days=21)
    assert (begun.program_id, begun.members, begun.rules) == (PROGRAM, pair(ADA, BEN), rules)


def test_a_relationship_is_looked_at_when_a_session_should_be_booked() -> None:
    assert watch().next_look(START) == START + timedelta(days=10)


def test_a_pair_that_has_booked_is_not_looked_at() -> None:
    booked = watch()
    booked.book(S1, "e2")
    assert booked.next_look(START) is None


def test_a_pair_whose_only_session_is_off_is_looked_at_again_until_the_time_has_passed() -> None:
    booked = watch()
    booked.book(S1, "e2")
    booked.cancel(S1, "e3")
    assert booked.next_look(START) == START + timedelta(days=10)
    assert booked.next_look(START + timedelta(days=10)) is None


def test_a_cancellation_that_is_heard_of_before_the_booking_makes_no_difference() -> None:
    booked = watch()
    booked.cancel(S1, "e3")
    booked.book(S1, "e2")
    assert booked.lacks_booking
    booked.book(S2, "e4")
    assert not booked.lacks_booking


def test_a_risk_names_its_rule_and_the_events_that_it_rests_on() -> None:
    booked, later = watch(), START + timedelta(days=10)
    booked.book(S1, "e2")
    booked.cancel(S1, "e3")
    assert RiskCase(id="c1").find_nothing_booked(booked, at=later) == (
        RelationshipAtRisk(
            risk_id=RiskCaseId("c1"),
            program_id=PROGRAM,
            relationship_id=R1,
            members=pair(ADA, BEN),
            rule="nothing_booked_10_days",
            evidence=("e1", "e2", "e3"),
            raised_at=later,
        ),
    )


def test_a_pair_that_has_booked_is_no_risk() -> None:
    booked = watch()
    booked.book(S1, "e2")
    assert RiskCase(id="c1").find_nothing_booked(booked, at=START) == ()


def test_the_same_risk_is_raised_once() -> None:
    case = RiskCase(id="c1")
    assert case.find_nothing_booked(watch(), at=START)
    assert case.find_nothing_booked(watch(), at=START) == ()
