"""Months of the year, by number or by name in three languages."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from babel import Locale

from shared.vocabulary.findings import Finding, Note, guessed, left_out, remembered, understood
from shared.vocabulary.languages import READ_IN
from shared.vocabulary.numbers import plain
from shared.vocabulary.spelling import spelling

MONTHS_ALSO = {"sept": 9, "mrz": 3, "maerz": 3, "januar": 1, "jänner": 1, "feber": 2}
"""Spellings beside the names and abbreviations of CLDR."""

ALL_YEAR = ("all year", "all year round", "whole year", "any time", "anytime", "always", "ganzjährig", "ganzes Jahr",
            "das ganze Jahr", "immer", "jederzeit", "tutto l'anno", "sempre", "all", "all months", "alle",
            "tutti")  # fmt: skip
"""What stands for all twelve."""

_RANGE = re.compile(
    r"(?:(?:from|von|da|between|zwischen|tra) )?(.+?)(?: ?- ?| (?:to|bis|a|until|through|till|und|and|e) )(.+)"
)
_YEAR = re.compile(r"\s+(?:20\d\d|'\d\d)$")


@cache
def month_names() -> Mapping[str, int]:
    """List the months by the spelling of their names and abbreviations."""
    names = {spelling(name): number for name, number in MONTHS_ALSO.items()}
    for locale in READ_IN:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                months = Locale(locale).months[context][width]
                names |= {spelling(name): number for number, name in months.items()}
    return names


@remembered
def understand_months(entries: Sequence[str]) -> Finding[tuple[int, ...]]:
    """Read the months in a list of numbers, names, or ranges of them, as 1 to 12 in the order of the year.

    A number that stands alone is a guess: it may be how many months there are.
    """
    months: set[int] = set()
    notes: list[Note] = []
    entries = [part.strip() for entry in entries for part in entry.split(",") if part.strip()]
    for entry in entries:
        named = _months(entry)
        months.update(named)
        made = ";".join(map(str, named))
        if not named:
            notes.append(left_out(entry, f'"{entry}" is no month; write 1 to 12, or January to December.'))
        elif not any(character.isalpha() for character in entry):
            if len(entries) == 1:
                notes.append(guessed(entry, made, f'"{entry}" is taken for {made}: which months, not how many.'))
        else:
            notes.append(understood(entry, made, f'"{entry}" is read as {made}.'))
    return Finding(tuple(sorted(months)), tuple(notes))


def _months(entry: str) -> tuple[int, ...]:
    text = _YEAR.sub("", plain(entry))
    if spelling(text) in {spelling(words) for words in ALL_YEAR}:
        return tuple(range(1, 13))
    if month := _month(text):
        return (month,)
    ends = _RANGE.fullmatch(text)
    first, last = (_month(ends[1]), _month(ends[2])) if ends else (0, 0)
    if not first or not last:
        return ()
    return tuple(range(first, last + 1)) if first <= last else (*range(first, 13), *range(1, last + 1))


def _month(word: str) -> int:
    """1 to 12, or 0 for what is no month."""
    word = _YEAR.sub("", word.strip())
    if re.fullmatch(r"0?[1-9]|1[0-2]", word):
        return int(word)
    return month_names().get(spelling(word), 0)
