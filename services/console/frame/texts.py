"""The words of the pages in the languages that there are: gettext's catalogs, and how dates and numbers are written.

English stands in the code and in the templates. `locale/<language>.po` has the others; a test finds what is missing.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from shared.clock import zone

LOCALES = ("en", "de", "it")
CATALOGS = Path(__file__).parents[1] / "locale"


def msgid(words: str) -> str:
    """Mark words that are translated later, where they are shown."""
    return words


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. Moments are written in the zone of whoever reads them."""

    locale: Locale
    catalog: NullTranslations

    @property
    def language(self) -> str:
        """Its code, such as `de`."""
        return str(self.locale.language)

    @property
    def direction(self) -> str:
        """Where lines begin: `ltr` or `rtl`."""
        return str(self.locale.text_direction)

    def say(self, words: str, **values: object) -> str:
        """Return the words in this language, with what they name."""
        return self.catalog.gettext(words) % values if values else self.catalog.gettext(words)

    def say_number(self, one: str, many: str, count: int, **values: object) -> str:
        """Return the words that fit the number, with it as `%(num)s`."""
        return self.catalog.ngettext(one, many, count) % {"num": self.number(count), **values}

    def day(self, at: datetime | date, zone_name: str = "UTC", now: datetime | None = None) -> str:
        """Write a day with its weekday, such as `Mon, Dec 7`; with the year unless it is the one of `now`."""
        local = _local(at, zone_name)
        is_this_year = now is not None and local.year == _local(now, zone_name).year
        skeleton = "MMMEd" if is_this_year else "yMMMEd"
        return str(format_skeleton(skeleton, local, locale=self.locale))

    def clock(self, at: datetime, zone_name: str = "UTC", _: datetime | None = None) -> str:
        """Write the time of the day, such as `8:49`."""
        return str(format_time(at.astimezone(_zone(zone_name)), "short", locale=self.locale))

    def clock_of_seconds(self, at: datetime, zone_name: str = "UTC", _: datetime | None = None) -> str:
        """Write the time of the day with its seconds, such as `8:49:10`."""
        return str(format_time(at.astimezone(_zone(zone_name)), "medium", locale=self.locale))

    def moment(self, at: datetime, zone_name: str = "UTC", now: datetime | None = None) -> str:
        """Write day and time."""
        return f"{self.day(at, zone_name, now)}, {self.clock(at, zone_name)}"

    def plain_day(self, at: datetime | date, zone_name: str = "UTC", _: datetime | None = None) -> str:
        """Write a day for a column of a table."""
        return str(format_date(_local(at, zone_name), "medium", locale=self.locale))

    def number(self, value: float) -> str:
        """Write a number."""
        return str(format_decimal(value, locale=self.locale))

    def score(self, value: float) -> str:
        """Write a score from 0 to 1, or a part of one."""
        return str(format_decimal(value, format="0.00", locale=self.locale))

    def percent(self, share: float) -> str:
        """Write a share of one as a percentage."""
        return str(format_percent(share, locale=self.locale))


def _local(at: datetime | date, zone_name: str) -> datetime | date:
    return at.astimezone(_zone(zone_name)) if isinstance(at, datetime) else at


@cache
def _zone(name: str) -> tzinfo:
    return zone(name)


@cache
def texts(language: str) -> Texts:
    """Return the words of a language of `LOCALES`."""
    return Texts(Locale(language), _catalog(language))


def spoken(header: str, *first: str) -> Texts:
    """Return the words for a reader: in a language of `first`, or else in one that `Accept-Language` asks for."""
    return texts(best_language(*first, *accepted(header)))


def best_language(*wanted: str) -> str:
    """Return the first language of those wanted (such as `de-AT`) that there is; English if there is none."""
    preferred = [one.replace("-", "_") for one in wanted if one]
    return str(negotiate_locale(preferred, LOCALES, sep="_") or LOCALES[0]).partition("_")[0]


def accepted(header: str) -> list[str]:
    """Return the languages that a browser asks for with `Accept-Language`, the most wanted first."""
    weighed = []
    for part in header.split(","):
        name, _, parameters = part.strip().partition(";")
        weight = parameters.strip().removeprefix("q=")
        try:
            weighed.append((-float(weight) if weight else -1.0, name.strip()))
        except ValueError:
            continue
    return [name for _, name in sorted(weighed, key=lambda one: one[0]) if name]


def _catalog(language: str) -> NullTranslations:
    file = CATALOGS / f"{language}.po"
    if not file.exists():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)
