"""What people choose of in several forms: a language to be written to in, and a time zone."""

from functools import cache

from services.console.frame.texts import LOCALES, texts
from shared.vocabulary.time_zones import zone_names

REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")

Choices = tuple[tuple[str, str], ...]


def languages(chosen: str) -> Choices:
    """Return the languages that letters and pages are in, each as its speakers call it, and the one that is chosen."""
    known = tuple((one, str(texts(one).locale.get_display_name()).capitalize()) for one in LOCALES)
    return known if not chosen or chosen in LOCALES else ((chosen, chosen), *known)


@cache
def zones() -> tuple[tuple[str, Choices], ...]:
    """Return the time zones of each part of the world."""
    names = sorted(zone_names())
    of_regions = ((region, [name for name in names if name.startswith(f"{region}/")]) for region in REGIONS)
    return (
        ("UTC", (("UTC", "UTC"),)),
        *((region, tuple((name, _place(name)) for name in found)) for region, found in of_regions),
    )


def _place(name: str) -> str:
    """A zone without its region, as people write it: `Argentina, Buenos Aires`."""
    return name.partition("/")[2].replace("/", ", ").replace("_", " ")
