"""What is read of what people write, from the tables of the reader, and from what it makes of examples."""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from shared.documents.markdown import table
from shared.sheets.columns import OWN_NAMES, USUAL_NAMES
from shared.vocabulary.answers import Fields, read_answers
from shared.vocabulary.findings import Finding, Note
from shared.vocabulary.flags import FLAGS, understand_flag
from shared.vocabulary.language_levels import LEVELS
from shared.vocabulary.no_answers import FILLERS, NEGATIVES, NO_ANSWERS
from shared.vocabulary.offers import FORMATS, MENTEE, WORTH
from shared.vocabulary.place_names import HINTS, PROVINCES, country_name
from shared.vocabulary.roles import ROLES
from shared.vocabulary.scales import understand_scale
from shared.vocabulary.skills import (
    AREAS,
    AREAS_ALSO,
    GOALS,
    GOALS_ALSO,
    PROGRAMMING_LANGUAGES,
    PROGRAMMING_LANGUAGES_ALSO,
)
from shared.vocabulary.units import ADVERBS, HEDGES, UNITS
from shared.vocabulary.weekly_times import DAYS, SPANS, understand_weekly_time

SOURCE = Path(__file__).with_name("imports.toml")

OF_FILES: Mapping[str, Callable[[str], Finding[Any]]] = {
    "answers on a scale": lambda text: understand_scale(text, 1, 5),
    "availability": understand_weekly_time,
    "yes or no": understand_flag,
}
"""What only `ithaca match` reads."""


def imports_page() -> str:
    """Return the page."""
    source = tomllib.loads(SOURCE.read_text("utf-8"))
    parts = [
        source["head"],
        f"## Columns\n\n{source['columns']}\n{_columns()}",
        "## Field by field",
        *(_field(example, _answer(example["name"])) for example in source["field"]),
        f"## For `ithaca match`\n\n{source['match'].strip()}",
        *(_field(example, OF_FILES[example["name"]]) for example in source["file"]),
        f"## No answer\n\n{source['no_answers']}\n{_no_answers()}",
        f"## Words that are known\n\n{_words()}",
        f"### Codes behind cities\n\n{source['codes']}\n{_codes()}",
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _columns() -> str:
    also = {name: dict.fromkeys((*OWN_NAMES.get(name, ()), *usual)) for name, usual in USUAL_NAMES.items()}
    return table(("column", "also"), [(f"`{name}`", ", ".join(words)) for name, words in also.items()])


def _field(example: Mapping[str, Any], read: Callable[[str], Finding[Any]]) -> str:
    rows = [_row(text, *read(text)) for text in example["written"]]
    return f"### {example['name']}\n\n{example['about'].strip()}\n\n{table(('written', 'read as', 'remark'), rows)}"


def _answer(field: str) -> Callable[[str], Finding[Any]]:
    """What reads a field of an application."""

    def read(text: str) -> Finding[Any]:
        fields = Fields({field: text})
        answers = read_answers(fields, MENTEE if field == "mentors" else "mentor")
        notes = tuple(note for _, note in fields.notes)
        if field != "location":
            return Finding(getattr(answers, field), notes)
        country, zone = answers.place.country, answers.place.time_zone
        return Finding(tuple(part for part in (country and country_name(country), zone) if part), notes)

    return read


def _row(text: str, value: object, notes: Sequence[Note]) -> tuple[str, str, str]:
    kinds = dict.fromkeys(f"`{note.kind}`" for note in notes)
    return f"`{text}`", _made(value), ", ".join(kinds)


def _made(value: object) -> str:
    match value:
        case None | ():
            return "-"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case tuple():
            return ", ".join(map(str, value))
    return str(value)


def _no_answers() -> str:
    rows = [
        (language, ", ".join(whole), ", ".join(NEGATIVES[language]), ", ".join(FILLERS[language]))
        for language, whole in NO_ANSWERS.items()
    ]
    return table(("language", "whole", "negatives", "fillers"), rows)


def _words() -> str:
    return "\n\n".join(
        (
            _section("Units", UNITS),
            _section("Units that belong", WORTH),
            _section("Amounts beside", {"how often": ADVERBS, "what makes a guess of it": HEDGES}),
            _section("Levels of languages", LEVELS),
            _section("Formats", FORMATS),
            _section("Sides", ROLES),
            _section("Yes and no", {"yes": FLAGS[True], "no": FLAGS[False]}),
            _section("Days", {**DAYS, **SPANS}),
            _section("Areas", _others(AREAS, AREAS_ALSO)),
            _section("Programming languages", _others(PROGRAMMING_LANGUAGES, PROGRAMMING_LANGUAGES_ALSO)),
            _section("Goals", _others(GOALS, GOALS_ALSO)),
        )
    )


def _section(title: str, words: Mapping[str, Iterable[str]]) -> str:
    return f"### {title}\n\n{table(('meant', 'written'), [(one, ', '.join(ways)) for one, ways in words.items()])}"


def _others(names: Sequence[str], also: Mapping[str, str]) -> Mapping[str, list[str]]:
    return {name: [word for word, meaning in also.items() if meaning == name] for name in names}


def _codes() -> str:
    provinces = {one: [f"{code} ({about[0]})" for code, about in found.items()] for one, found in PROVINCES.items()}
    hints = {country: sorted(codes) for country, codes in HINTS.items()}
    every = {**provinces, **hints}
    return table(("country", "codes"), [(country_name(country), ", ".join(codes)) for country, codes in every.items()])
