"""Numbers and times, as short as they can be read."""

import re
from datetime import UTC, datetime, timedelta

import typer

from shared.clock import rfc3339

MOST_COUNTED = 10_000
"""The services count no further: a count of this is a floor."""

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
NONE = "-"


def short(number: float | None) -> str:
    """At most five characters: 0, 0.4, 12, 1.2k, 35k, 1.2M."""
    if number is None:
        return NONE
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.1f}{unit}" if number < 10 * size else f"{number / size:.0f}{unit}"
    return f"{number:.1f}" if 0 < number < 10 and number != round(number) else f"{number:.0f}"


def counted(number: int) -> str:
    """A count in full: 1,204."""
    return f"{number:,}"


def at_least(number: int) -> str:
    """A count that may not have been finished: 10,000+."""
    return f"{number:,}+" if number >= MOST_COUNTED else counted(number)


def brief(number: int) -> str:
    """The same in five characters."""
    return "10k+" if number >= MOST_COUNTED else short(number)


def lasting(seconds: float) -> str:
    """How long: 0.4s, 12s, 3m, 2h, 5d."""
    if seconds < 9.95:
        return f"{seconds:.1f}s".replace(".0s", "s")
    for unit, size in reversed(UNITS.items()):
        if seconds >= 2 * size or size == 1:
            return f"{seconds / size:.0f}{unit}"
    raise AssertionError("seconds are the last unit")


def milliseconds(value: float | None) -> str:
    """A latency: 4ms, 120ms, 1.2s."""
    if value is None:
        return NONE
    return f"{value:.0f}ms" if value < 999.5 else lasting(value / 1000)


def on_day(moment: datetime) -> str:
    """A moment for people, in UTC: 2026-01-31 12:00:03."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def moment(text: str, now: datetime) -> datetime:
    """What was said of a time: so long ago (10m, 2h, 7d), or a time with its offset; raises typer.BadParameter."""
    if ago := re.fullmatch(r"(\d{1,6})([smhd])", text):
        return now - timedelta(seconds=int(ago[1]) * UNITS[ago[2]])
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise typer.BadParameter(f"{text!r} is no time: say 10m, 2h or 7d ago, or 2026-01-31T12:00Z, with its offset.")
    return at.astimezone(UTC)


def past(text: str) -> str:
    """An option's time as the services take it; nothing stays nothing."""
    return rfc3339(moment(text, datetime.now(UTC))) if text else ""
