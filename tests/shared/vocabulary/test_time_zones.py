"""Time zones: names, aliases, and the nearest one to what does not exist."""

from datetime import UTC, datetime

import pytest

from shared.vocabulary.findings import Kind
from shared.vocabulary.place_names import cities
from shared.vocabulary.time_zones import canonical_zone, load_zone, understand_zone, zone_names


@pytest.mark.parametrize(
    ("alias", "zone"),
    [
        ("Europe/Kiev", "Europe/Kyiv"),
        ("US/Eastern", "America/New_York"),
        ("Europe/Oslo", "Europe/Berlin"),
        ("EST", "America/Panama"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_zones_are_compared_by_what_an_alias_stands_for_and_shown_as_chosen(alias: str, zone: str) -> None:
    assert canonical_zone(alias) == zone
    assert understand_zone(alias).value == alias


def test_no_alias_stands_for_another_alias() -> None:
    assert all(canonical_zone(canonical_zone(name)) == canonical_zone(name) for name in zone_names())


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("utc", "UTC"),
    ],
)
def test_other_spellings_and_windows_names_are_understood(written: str, zone: str) -> None:
    found, notes = understand_zone(written)
    assert found == zone
    assert [note.kind for note in notes] == [Kind.UNDERSTOOD]


def test_a_zone_of_etc_is_explained_because_its_sign_is_the_other_way_round() -> None:
    found, (note,) = understand_zone("Etc/GMT+5")
    assert (found, note.kind, note.made) == ("Etc/GMT+5", Kind.UNDERSTOOD, "UTC-5")


def test_an_abbreviation_that_is_a_zone_is_kept_with_a_warning() -> None:
    found, (note,) = understand_zone("EST")
    assert (found, note.kind) == ("EST", Kind.GUESSED)
    assert "America/Panama" in note.sentence


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        ("Europe/Berln", "did you mean Europe/Berlin?"),
        ("Europe/Olso", "did you mean Europe/"),
        ("Berlin", "did you mean Europe/Berlin?"),
        ("Germany/Berlin", "did you mean Europe/Berlin?"),
        ("CST", "America/Chicago"),
        ("CST", "Asia/Shanghai"),
        ("UTC+2", "an offset, which does not say when clocks change"),
        ("Mars/Phobos", "Write one, such as Europe/Berlin."),
        ("../../etc/passwd", "Write one, such as Europe/Berlin."),
        ("Factory", "is no IANA time zone"),
        ("Etc/GMT5", "is no IANA time zone"),
    ],
)
def test_a_zone_that_does_not_exist_is_refused_with_the_nearest(written: str, suggestion: str) -> None:
    found, (note,) = understand_zone(written)
    assert (found, note.kind) == (None, Kind.REFUSED)
    assert suggestion in note.sentence


def test_rules_come_from_the_pinned_tzdata_and_not_from_the_system() -> None:
    expected = {"America/Vancouver": 16, "America/Edmonton": 15, "America/Winnipeg": 14, "America/Havana": 13,
                "Africa/Casablanca": 9}  # fmt: skip
    nine = datetime(2026, 12, 2, 9)  # noqa: DTZ001 - wall time
    assert {zone: nine.replace(tzinfo=load_zone(zone)).astimezone(UTC).hour for zone in expected} == expected


def test_every_zone_that_a_place_can_give_exists() -> None:
    found = {city.time_zone for named in cities().values() for city in named}
    assert found <= zone_names()
