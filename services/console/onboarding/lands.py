"""Where somebody probably is, by the languages that their browser asks for."""

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from services.console.frame.texts import accepted

NOWHERE = "UTC"


def likely_zone(header: str) -> str:
    """Return the time zone of the land in `Accept-Language`, if that has one only."""
    for wanted in accepted(header):
        try:
            territory = Locale.parse(wanted, sep="-").territory
        except (UnknownLocaleError, ValueError):
            continue
        zones = get_global("territory_zones").get(territory or "", [])
        if len(zones) == 1:
            return str(zones[0])
    return NOWHERE
