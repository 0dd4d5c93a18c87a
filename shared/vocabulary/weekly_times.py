"""Times of the week, as people write them: days in three languages, and hours in many ways."""

import re
from collections.abc import Mapping

from shared.vocabulary.findings import Finding, left_out, remembered, understood
from shared.vocabulary.numbers import plain

DAYS: Mapping[str, tuple[str, ...]] = {
    "Mon": ("mon", "monday", "mondays", "mo", "montag", "montags", "lun", "lunedi"),
    "Tue": ("tue", "tues", "tuesday", "tuesdays", "di", "dienstag", "dienstags", "mar", "martedi"),
    "Wed": ("wed", "weds", "wednesday", "wednesdays", "mi", "mittwoch", "mittwochs", "mer", "mercoledi"),
    "Thu": ("thu", "thur", "thurs", "thursday", "thursdays", "do", "donnerstag", "donnerstags", "gio", "giovedi"),
    "Fri": ("fri", "friday", "fridays", "fr", "freitag", "freitags", "ven", "venerdi"),
    "Sat": ("sat", "saturday", "saturdays", "sa", "samstag", "samstags", "sonnabend", "sab", "sabato"),
    "Sun": ("sun", "sunday", "sundays", "so", "sonntag", "sonntags", "dom", "domenica"),
}
"""Days with all that they are called, whole: a word that only begins like one is none."""

SPANS: Mapping[str, tuple[str, ...]] = {
    "Mon-Fri": ("weekdays", "workdays", "werktags", "wochentags", "feriali", "giorni feriali"),
    "Sat-Sun": ("weekend", "weekends", "am wochenende", "wochenende", "nel weekend", "fine settimana"),
    "Mon-Sun": ("daily", "every day", "taglich", "ogni giorno", "jeden tag"),
}
"""Words for several days."""

_DAY_OF = {word: day for day, words in (*DAYS.items(), *SPANS.items()) for word in words}
_CLOCK = r"(\d{1,2})(?:[:.h](\d{2}))? ?(am|pm|a\.m\.|p\.m\.|h|uhr|o'clock)?"
_TIME = re.compile(
    rf"(?:every |on |jeden |ogni |am |il )?([a-z' ]+?)\.?(?: ?(?:-|to|bis|through) ?([a-z]+)\.?)?[:,]? "
    rf"(?:from |between |von |zwischen |ore |h |dalle(?: ore)? |tra le )?{_CLOCK}"
    r" ?(?:-|to|bis|until|till|and|und|alle|a|e le|e) ?"
    rf"(?:ore )?{_CLOCK}"
)


@remembered
def understand_weekly_time(text: str) -> Finding[str | None]:
    """Read a time of the week as `Tue 18:00-20:00` or `Mon-Fri 09:00-12:30`; None for what is none."""
    found = _TIME.fullmatch(plain(text))
    first = _DAY_OF.get(found[1].strip()) if found else None
    last = _DAY_OF.get(found[2]) if found and found[2] else None
    start, end = (_clocks(found) if found else None) or (None, None)
    if found is None or first is None or (found[2] and last is None) or start is None:
        remedy = "write it as Tue 18:00-20:00 or Mon-Fri 09:00-12:30"
        return Finding(None, (left_out(text, f'"{text}" is no weekly time; {remedy}.'),))
    made = f"{first}{f'-{last}' if last else ''} {start}-{end}"
    return Finding(made, () if made == text else (understood(text, made, f'"{text}" is read as {made}.'),))


def _clocks(found: re.Match[str]) -> tuple[str, str] | None:
    """The start and the end on a clock of 24 hours; `6-8pm` names the half of the day for both."""
    start_half, end_half = found[5], found[8]
    if (
        _is_half(end_half)
        and not _is_half(start_half)
        and int(found[3]) <= int(found[6]) % 12 + 12 * (found[6] == "12")
    ):
        start_half = end_half
    start, end = _clock(found[3], found[4], start_half), _clock(found[6], found[7], end_half)
    return (start, end) if start and end else None


def _is_half(sign: str | None) -> bool:
    return (sign or "").startswith(("a", "p"))


def _clock(hour: str, minute: str | None, half: str | None) -> str | None:
    number = int(hour)
    if _is_half(half):
        if not 1 <= number <= 12:
            return None
        number = number % 12 + 12 * (half or "").startswith("p")
    return f"{number:02}:{minute or '00'}"
