"""IANA time zones, from the pinned tzdata only: the system's copy may be years old."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.core import get_global

from shared.vocabulary.findings import Finding, Note, guessed, refused, remembered, understood
from shared.vocabulary.spelling import Vocabulary, spelling

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*[+-]\s*\d.*", re.IGNORECASE)
_FIXED = re.compile(r"Etc/GMT([+-])([1-9]\d*)")


@cache
def zone_names() -> frozenset[str]:
    """List all names that tzdata knows, aliases included."""
    return frozenset((files("tzdata") / "zones").read_text("utf-8").split()) - {"Factory"}


@cache
def _aliases() -> Mapping[str, str]:
    """Aliases with what they stand for, from the `L` (link) lines of tzdata.zi."""
    lines = (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text("utf-8").splitlines()
    links = (line.split() for line in lines if line.startswith("L "))
    return {alias: zone for _, zone, alias in links}


def canonical_zone(name: str) -> str:
    """Resolve an alias (`Europe/Kiev`: `Europe/Kyiv`). For comparing; people see what they chose."""
    return _aliases().get(name, name)


@remembered
def understand_zone(text: str) -> Finding[str | None]:
    """Read a zone and keep it as chosen; a Windows name becomes the IANA one. Unknown ones are refused."""
    if text in zone_names():
        return Finding(text, _about(text))
    if (zone := _vocabulary().find(text)) or (zone := get_global("windows_zone_mapping").get(text)):
        return Finding(zone, (understood(text, zone, f'"{text}" is read as {zone}.'), *_about(zone)))
    return Finding(None, (refused(text, _refusal(text)),))


def _about(zone: str) -> tuple[Note, ...]:
    """What to say of a zone whose name is easily misread."""
    if match := _FIXED.fullmatch(zone):
        offset = f"UTC{'-' if match[1] == '+' else '+'}{match[2]}"
        return (understood(zone, offset, f"{zone} means {offset}, all year round."),)
    if "/" not in zone and canonical_zone(zone) != zone and not canonical_zone(zone).startswith("Etc/"):
        sentence = f"{zone} is kept; its clock is that of {canonical_zone(zone)}. Name a place if another is meant."
        return (guessed(zone, zone, sentence),)
    return ()


def _refusal(text: str) -> str:
    unknown = f'"{text[:40]}" is no IANA time zone'
    if _OFFSET.fullmatch(text):
        return f"{unknown} but an offset, which does not say when clocks change. Write a zone, such as Europe/Berlin."
    if users := _abbreviations().get(text.upper()):
        return f"{unknown} but short for the time in {', '.join(users)}. Write one of them."
    if nearest := _nearest(text):
        return f"{unknown}; did you mean {nearest}?"
    return f"{unknown}. Write one, such as Europe/Berlin."


def _nearest(text: str) -> str | None:
    """The zone that is misspelled, or that of the place after the `/`."""
    return _vocabulary().guess(text) or _last_parts().get(spelling(text.rpartition("/")[2]))


@cache
def _vocabulary() -> Vocabulary[str]:
    """Zones by spelling. `Etc` is not among them: there a sign is all the difference."""
    names = {name: name for name in sorted(zone_names()) if not name.startswith("Etc/")}
    return Vocabulary(names, guessable=[name for name in names if "/" in name])


@cache
def _last_parts() -> Mapping[str, str]:
    """Zones of places by the last part of their name, `Berlin` for one."""
    return {spelling(name.rpartition("/")[2]): name for name in sorted(zone_names() - _aliases().keys()) if "/" in name}


@cache
def _abbreviations() -> Mapping[str, tuple[str, ...]]:
    """Main zones (those that have a Windows name) by the abbreviations that they use in winter and summer."""
    users: dict[str, set[str]] = {}
    for name in {canonical_zone(name) for name in get_global("windows_zone_mapping").values()} & zone_names():
        zone = load_zone(name)
        for month in (1, 7):
            users.setdefault(str(datetime(2026, month, 1, tzinfo=zone).tzname()), set()).add(name)
    return {abbreviation: tuple(sorted(names)) for abbreviation, names in users.items()}


def load_zone(name: str) -> ZoneInfo:
    """Load the rules of a zone from the pinned tzdata, whatever PYTHONTZPATH says. The name is one of `zone_names`."""
    with (files("tzdata") / "zoneinfo" / name).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)
