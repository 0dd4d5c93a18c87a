from datetime import UTC, datetime, timedelta

import pytest

from shared.doctor.database import server
from shared.doctor.finding import Level, Notes, Part
from shared.engine.mongo.examination import DatabaseFound
from shared.settings import Settings


def complaints(version: str) -> list[tuple[Level, str, str]]:
    notes, nothing = Notes(Part.DATABASE), timedelta(0)
    server(DatabaseFound(version, "rs", 3, datetime.now(UTC), nothing, nothing), Settings(), notes)
    assert f"MongoDB {version}, replica set rs" in notes.findings[0].found
    return [(one.level, one.name, one.found) for one in notes.findings if one.level is not Level.OK]


@pytest.mark.parametrize("version", ["7.0.0", "8.0.4", "8.2.1-rc0", "10.0.1"])
def test_a_database_that_is_maintained_is_well(version: str) -> None:
    assert complaints(version) == []


def test_a_database_past_its_end_of_life_is_told_what_it_is_fit_for() -> None:
    sentence = "MongoDB 6.0.5 is past its end of life and gets no security fixes: fit for trying, not for production"
    assert complaints("6.0.5") == [(Level.WARNING, "end of life", sentence)]


def test_a_database_with_which_we_were_never_tried_is_told_so() -> None:
    sentence = "MongoDB 4.4.29 is older than 6.0, the oldest with which Ithaca is tried"
    assert complaints("4.4.29") == [(Level.WARNING, "version", sentence)]
