"""What is told of a stretch of time."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.tour.api import DidNotHappen
from deploy.tour.observer import Seen
from deploy.tour.stretches import SHOWN, days, expect

BEGAN = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def seen(type: str, **after: float) -> Seen:
    return Seen("matching", type, "e1", "tour/01", BEGAN + timedelta(**after), {})


def test_events_are_told_day_by_day_with_how_often_they_happened() -> None:
    events = [seen("MatchExpired", days=7), seen("MatchExpired", days=7), seen("MatchProposed", days=7, hours=25)]
    assert days(events, BEGAN) == [("day 8", "MatchExpired (2)"), ("day 9", "MatchProposed")]


def test_of_many_days_the_first_and_the_last_are_told() -> None:
    lines = days([seen("MatchExpired", days=day) for day in range(60)], BEGAN)
    assert len(lines) == SHOWN
    assert [day for day, _ in lines[-3:]] == ["...", "day 59", "day 60"]
    assert lines[-3][1] == "49 more days"


def test_what_must_happen_and_did_not_is_named() -> None:
    with pytest.raises(DidNotHappen, match="SurveyReminded did not happen"):
        expect([seen("MatchExpired")], "MatchExpired", "SurveyReminded")
