from datetime import UTC, datetime

import pytest

from deploy.tour.api import DidNotHappen
from deploy.tour.meeting import skipped_time
from shared.clock import zone


@pytest.mark.parametrize(
    ("name", "after", "skipped"),
    [
        ("America/New_York", datetime(2026, 11, 22, 7, 3, tzinfo=UTC), "2027-03-14T02:30:00"),
        ("America/New_York", datetime(2027, 3, 14, 6, 59, tzinfo=UTC), "2027-03-14T02:30:00"),
        ("America/New_York", datetime(2027, 3, 14, 7, 0, tzinfo=UTC), "2028-03-12T02:30:00"),
        ("Australia/Sydney", datetime(2027, 1, 1, tzinfo=UTC), "2027-10-03T02:30:00"),
    ],
)  # fmt: skip
def test_the_next_time_that_clocks_skip_is_found(name: str, after: datetime, skipped: str) -> None:
    assert skipped_time(zone(name), after).isoformat() == skipped


def test_where_clocks_are_never_changed_there_is_no_such_time() -> None:
    with pytest.raises(DidNotHappen, match="Asia/Kolkata are never put forward"):
        skipped_time(zone("Asia/Kolkata"), datetime(2027, 1, 1, tzinfo=UTC))
