"""Moments as a person reads them: in their zone, which is always named, and in the manner of their locale."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_gmt


def locale_of(tag: str) -> Locale:
    """Find the locale of a tag such as `de-AT`; English if there is no such locale."""
    try:
        return Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def moment(at: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """Write a moment, such as `Monday, March 29, 2027, 9:00 AM (Europe/Berlin, GMT+02:00)`."""
    local = at.astimezone(zone)
    return f"{_day(local, locale)}, {_clock(local, locale)} ({_zone(local, locale)})"


def span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """Write a span, such as `Monday, March 29, 2027, 9:00 AM - 10:00 AM (Europe/Berlin, GMT+02:00)`.

    It is written as two whole moments if it passes midnight or a change of the clocks.
    """
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if (start.date(), start.utcoffset()) != (end.date(), end.utcoffset()):
        return f"{moment(start, zone, locale)} - {moment(end, zone, locale)}"
    return f"{_day(start, locale)}, {_clock(start, locale)} - {_clock(end, locale)} ({_zone(start, locale)})"


def _day(local: datetime, locale: Locale) -> str:
    return format_date(local, "full", locale=locale)


def _clock(local: datetime, locale: Locale) -> str:
    # The narrow space before AM and PM is missing in many fonts of mail programs.
    return format_time(local.time(), "short", locale=locale).replace("\u202f", " ")


def _zone(local: datetime, locale: Locale) -> str:
    return f"{local.tzinfo}, {get_timezone_gmt(local, locale=locale)}"
