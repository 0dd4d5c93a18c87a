"""What pages make of what services answer."""

import pytest

from services.console.programs.views import Risk


@pytest.mark.parametrize(("rule", "days"), [("nothing_booked_10_days", 10), ("nothing_booked_days", None), ("", None)])
def test_a_rule_says_for_how_long_nothing_was_booked(rule: str, days: int | None) -> None:
    risk = Risk.model_validate(
        {"id": "1", "relationship_id": "r", "members": [], "rule": rule, "raised_at": "2027-01-04T09:00:00Z"}
    )
    assert risk.days_without_booking == days
