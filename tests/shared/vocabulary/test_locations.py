"""Locations: the country, and the zone only where no other is possible."""

import pytest

from shared.vocabulary.findings import Kind
from shared.vocabulary.locations import Place, find_place
from tests.services.intake.importing.files import person, remarks_on


@pytest.mark.parametrize(
    ("location", "country", "zone"),
    [
        ("London, UK", "GB", "Europe/London"),
        ("London, Uk", "GB", "Europe/London"),
        ("uk", "GB", "Europe/London"),
        ("U.K.", "GB", "Europe/London"),
        ("United Kingdom / Manchester", "GB", "Europe/London"),
        ("Manchester, England", "GB", "Europe/London"),
        ("London , United Kingdom", "GB", "Europe/London"),
        ("Chesham, Buckinghamshire, UK", "GB", "Europe/London"),
        ("Stockbridge, UK", "GB", "Europe/London"),
        ("Bulgaria, Sofia", "BG", "Europe/Sofia"),
        ("Amsterdam/Netherlands", "NL", "Europe/Amsterdam"),
        ("The Netherlands", "NL", "Europe/Amsterdam"),
        ("the netherlands", "NL", "Europe/Amsterdam"),
        ("Cambridge, MA", "US", "America/New_York"),
        ("Cambridge, Massachusetts, USA", "US", "America/New_York"),
        ("Cambridge (UK)", "GB", "Europe/London"),
        ("Portland, OR", "US", "America/Los_Angeles"),
        ("Portland, Maine", "US", "America/New_York"),
        ("Toronto, CA", "CA", "America/Toronto"),
        ("San Francisco, CA", "US", "America/Los_Angeles"),
        ("Berlin, DE", "DE", "Europe/Berlin"),
        ("Valencia / Spain", "ES", "Europe/Madrid"),
        ("Tbilisi, Georgia", "GE", "Asia/Tbilisi"),
        ("Atlanta, Georgia", "US", "America/New_York"),
        ("New York", "US", "America/New_York"),
        ("München, Deutschland", "DE", "Europe/Berlin"),
        ("Firenze, Italia", "IT", "Europe/Rome"),
        ("Singapore", "SG", "Asia/Singapore"),
        ("Türkiye", "TR", "Europe/Istanbul"),
        ("Turkey", "TR", "Europe/Istanbul"),
        ("Las Palmas, Spain", "ES", "Atlantic/Canary"),
    ],
)
def test_a_country_is_certain_however_it_is_written(location: str, country: str, zone: str) -> None:
    assert find_place(location) == Place((country,), zone, is_certain=True)


@pytest.mark.parametrize(
    ("location", "country", "zone"),
    [
        ("London", "GB", "Europe/London"),
        ("Boston", "US", "America/New_York"),
        ("Istanbul", "TR", "Europe/Istanbul"),
        ("Watford", "GB", "Europe/London"),
        ("Newcastle upon Tyne", "GB", "Europe/London"),
        ("berlin", "DE", "Europe/Berlin"),
    ],
)
def test_a_city_alone_is_guessed_if_it_is_the_only_one_or_by_far_the_largest(
    location: str, country: str, zone: str
) -> None:
    assert find_place(location) == Place((country,), zone, is_certain=False)


@pytest.mark.parametrize("location", ["Spain", "USA", "Portland, USA", "Ukraine"])
def test_the_zone_of_a_country_with_several_is_not_guessed(location: str) -> None:
    place = find_place(location)
    assert place.country
    assert place.time_zone is None


@pytest.mark.parametrize("location", ["Portland", "Springfield, USA"])
def test_the_zone_of_cities_of_one_name_in_one_country_is_not_guessed(location: str) -> None:
    place = find_place(location)
    assert (place.country, place.time_zone) == ("US", None)


@pytest.mark.parametrize("location", ["Cambridge", "Valencia", "Georgia", "CA", "UK / Ireland", "London, Paris"])
def test_a_place_that_may_be_in_several_countries_is_not_guessed(location: str) -> None:
    place = find_place(location)
    assert (place.country, place.time_zone) == (None, None)
    assert remarks_on("location", location=location) == [(Kind.LEFT_OUT, None)]


@pytest.mark.parametrize("location", ["Narnia", "remote", "ありえない", "CST"])
def test_an_unknown_place_is_kept_as_text_without_a_country(location: str) -> None:
    assert find_place(location) == Place()
    found = person(location=location)
    assert (found.location, found.country, found.time_zone) == (location, None, None)


def test_the_remark_on_a_place_names_the_country() -> None:
    assert remarks_on("location", location="London, Uk") == [(Kind.UNDERSTOOD, "United Kingdom")]
    assert remarks_on("location", location="London") == [(Kind.GUESSED, "United Kingdom")]
    assert remarks_on("location", location="London, United Kingdom") == []
