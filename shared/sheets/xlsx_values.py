"""Cells of a workbook as the text that a person sees in them, or would type: dates, times and numbers have a form."""

import re
from datetime import date, datetime, time, timedelta

_CODED = re.compile(r"_x(00[01][0-9A-Fa-f])_")
"""How a workbook writes control characters, line ends among them."""


def text_of(value: object) -> str:
    """Write a value as text: 2 for 2.0, 2027-03-01 for a date, 18:30 for a time, yes for a tick."""
    match value:
        case None:
            return ""
        case str():
            return _CODED.sub(lambda coded: chr(int(coded[1], 16)), value) if "_x" in value else value
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case float():
            return _number(value)
        case datetime():
            return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d} {_clock(value.time())}"
        case date():
            return value.isoformat()
        case time():
            return _clock(value)
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return str(value)


def _number(value: float) -> str:
    """As many digits as a spreadsheet keeps: what it computes has more, which are noise."""
    return str(int(value)) if value.is_integer() else f"{value:.15g}"


def _clock(value: time) -> str:
    return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
