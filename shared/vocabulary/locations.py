"""Where somebody is: the country, and the time zone where only one is possible."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from shared.vocabulary.findings import Finding, Note, guessed, left_out, remembered, understood
from shared.vocabulary.place_names import (
    HINTS,
    Area,
    Areas,
    City,
    cities,
    coded_areas,
    country_name,
    named_areas,
    within,
    zones,
)
from shared.vocabulary.spelling import spelling

CLEARLY_LARGER = 10
"""A city that shares its name is guessed if it has this many times the people of the next one."""

ANOTHER_NAME = 10
"""How many times fewer people a city counts under a name that is not its own: Barrie is hardly ever called Bari."""

_BETWEEN = re.compile(r"\s*[,;/|()]\s*(?:the\s+)?|\s+[-\u2013\u2014]\s+|^the\s+", re.IGNORECASE)
_POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}-)?\d{4,6}\b")
_WITH_CODE = re.compile(r"(.*\S)\s+([A-Z]{2,3})")


class Place(NamedTuple):
    """What a location says. `is_certain` if nothing had to be guessed; `countries` are those it could be in."""

    countries: tuple[str, ...] = ()
    time_zone: str | None = None
    is_certain: bool = True

    @property
    def country(self) -> str | None:
        """The country, if there is only one that it can be."""
        return self.countries[0] if len(self.countries) == 1 else None


class Candidates(NamedTuple):
    """The cities that a location may mean, and whether it says itself in which country that is."""

    cities: Sequence[City]
    is_certain: bool


class Parts(NamedTuple):
    """What a location is made of: areas by names and by codes, countries by hints, and words that may be cities."""

    named: Mapping[str, Areas]
    coded: Mapping[str, Areas]
    hinted: frozenset[str]
    others: tuple[str, ...]


def find_place(location: str) -> Place:
    """Read `city, region, country` in any order, with any of the parts missing.

    The name of a country says for certain where a city is. A code only chooses between cities of one name: where it
    fits none of them it is passed over, since a province of one country has the code of another, and alone it is
    nothing.
    """
    parts = _parts(location)
    found = _cities_of(parts)
    if not found.cities:
        return _place_within(parts)
    return _place_of(found)


def find_city(location: str) -> str | None:
    """Return the city that a location names, under its usual name, with its country; None if there is no single one."""
    city, _ = _largest(_cities_of(_parts(location)))
    return f"{city.name}, {country_name(city.country)}" if city else None


@remembered
def understand_location(text: str) -> Finding[Place]:
    """Read a location, with a note unless the text itself names its country."""
    place = find_place(text)
    return Finding(place, _about(text, place))


def _about(text: str, place: Place) -> tuple[Note, ...]:
    parts = _parts(text)
    if not place.countries:
        if parts.coded and not parts.named:
            names = sorted({country_name(area.country) for areas in parts.coded.values() for area in areas})
            sentence = f'"{text}" has only a code to go by, of {", ".join(names[:5])}; write the name of the country.'
            return (left_out(text, sentence),)
        return (left_out(text, f'"{text}" is no place that is known here; the words are kept, without a country.'),)
    names = [country_name(code) for code in place.countries]
    if place.country is None:
        return (left_out(text, f'"{text}" may be in {", ".join(names[:5])}; add the country.'),)
    if not place.is_certain or (parts.coded and not parts.named) or (text.isascii() and len(spelling(text)) <= 2):
        return (guessed(text, names[0], f'"{text}" is taken for the one in {names[0]}.'),)
    return () if names[0] in text else (understood(text, names[0], f'"{text}" is in {names[0]}.'),)


def _parts(location: str) -> Parts:
    """Split a location; a code may also follow a word without a comma, and postcodes are nothing."""
    words = [part for found in _BETWEEN.split(_POSTCODE.sub(" ", location)) for part in _with_code(found)]
    keys = dict.fromkeys(key for word in words if (key := spelling(word)))
    named = {key: named_areas()[key] for key in keys if key in named_areas()}
    coded = {key: coded_areas()[key] for key in keys if key in coded_areas() and key not in cities()}
    coded |= {key: coded_areas()[key] for key in keys if key in coded_areas() and len(key) == 2}
    hinted = frozenset(country for country, codes in HINTS.items() if any(key.upper() in codes for key in keys))
    return Parts(named, coded, hinted, tuple(key for key in keys if key not in named and key not in coded))


def _with_code(part: str) -> tuple[str, ...]:
    found = _WITH_CODE.fullmatch(part.strip())
    if found is None or spelling(part) in named_areas() or spelling(part) in cities():
        return (part,)
    return (found[1], found[2])


def _cities_in(names: Iterable[str], areas: Iterable[Areas]) -> list[City]:
    areas = list(areas)
    return [city for name in names for city in cities().get(name, ()) if all(within(named, city) for named in areas)]


def _regions_as_cities(parts: Parts) -> list[City]:
    """Cities of the name of a region, such as New York, where no other part is a city."""
    found: list[City] = []
    for name, areas in parts.named.items():
        if all(area.region is not None for area in areas):
            others = [named for other, named in parts.named.items() if other != name]
            found += _cities_in([name], others)
    return found


def _cities_of(parts: Parts) -> Candidates:
    named = _cities_in(parts.others, parts.named.values()) or _regions_as_cities(parts)
    chosen = [city for city in named if all(within(areas, city) for areas in parts.coded.values())]
    if chosen and parts.coded:
        return Candidates(chosen, is_certain=bool(parts.named) or not _is_overruled(named, chosen))
    hinted = [city for city in named if city.country in parts.hinted and not parts.named]
    return Candidates(hinted or named, is_certain=bool(parts.named))


def _is_overruled(named: Sequence[City], chosen: Iterable[City]) -> bool:
    """Whether a code chose another city than the one that everybody knows by that name."""
    known, _ = _largest(Candidates(named, is_certain=False))
    return known is not None and known.country not in {city.country for city in chosen}


def _place_of(found: Candidates) -> Place:
    """The place of the only city in question, or of the one that is clearly larger than all others."""
    city, is_only = _largest(found)
    if city is None:
        return Place(tuple(dict.fromkeys(city.country for city in _by_weight(found))))
    return Place((city.country,), city.time_zone, found.is_certain and is_only)


def _largest(found: Candidates) -> tuple[City | None, bool]:
    """The city that is meant, None if it could be another one, and whether there is no other."""
    ranked = _by_weight(found)
    if len(ranked) < 2:
        return next(iter(ranked), None), True
    first, second, *_ = ranked
    return (first if _weight(first) >= CLEARLY_LARGER * _weight(second) else None), False


def _by_weight(found: Candidates) -> list[City]:
    """The largest city of each country and time zone, the largest of all first."""
    largest: dict[tuple[str, str], City] = {}
    for city in found.cities:
        where = (city.country, city.time_zone)
        if where not in largest or _weight(city) > _weight(largest[where]):
            largest[where] = city
    return sorted(largest.values(), key=lambda city: (-_weight(city), city.country, city.time_zone))


def _weight(city: City) -> float:
    return city.population if city.is_main_name else city.population / ANOTHER_NAME


def _place_within(parts: Parts) -> Place:
    """The country that all names agree on, and its time zone if it has only one. Codes alone decide nothing."""
    if not parts.named:
        return Place()
    areas = parts.named
    countries = frozenset.intersection(*(frozenset(area.country for area in named) for named in areas.values()))
    if len(countries) != 1:
        return Place(tuple(sorted(countries or {area.country for named in areas.values() for area in named})))
    (country,) = countries
    regions = {area.region for named in areas.values() for area in named if area.country == country} - {None}
    in_country = zones().get(Area(country, regions.pop() if len(regions) == 1 else None), ())
    return Place((country,), next(iter(in_country)) if len(in_country) == 1 else None)
