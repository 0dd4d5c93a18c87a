"""Numbers, months and bands of experience, as people write them."""

import re
import unicodedata

from shared.vocabulary.cells import split_list
from shared.vocabulary.findings import Finding, Note, guessed, left_out, remembered, understood

_NUMBER = re.compile(r"(\d{1,9})(?:[.,](\d{1,2}))?\s*\+?\s*(?:[^\W\d_]+\.?)?")
_NUMBERS = re.compile(r"(\d{1,9})\s*(?:-|–|to)\s*\d{1,9}\s*(?:[^\W\d_]+\.?)?")  # noqa: RUF001 - people type dashes
_BAND = re.compile(r"(\d{1,2})\s*(?:-|–|to)\s*(\d{1,2})\s*(?:years?|yrs?)?\.?")  # noqa: RUF001
_OPEN_BAND = re.compile(r"(\d{1,2})\s*(?:\+|or more)\s*(?:years?|yrs?)?\.?")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def understand_number(text: str, most: int, unit: str) -> Finding[float | None]:
    """Read a number from 0 to `most`, or the lower end of a range. None for anything else."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if match := _NUMBER.fullmatch(plain):
        value = float(f"{int(match[1])}.{match[2] or 0}")
        notes = () if plain.replace(".", "").isdigit() else (understood(text, f"{value:g}", f'"{text}" is {value:g}.'),)
    elif match := _NUMBERS.fullmatch(plain):
        value = float(match[1])
        notes = (guessed(text, f"{value:g}", f'Of "{text}" the lower end is taken, {value:g}.'),)
    else:
        return Finding(None, (left_out(text, f'"{text}" is not read as a number of {unit}; write digits, such as 2.'),))
    if value > most:
        return Finding(None, (left_out(text, f"{value:g} {unit} cannot be right; at most {most} are taken."),))
    return Finding(value, notes)


def understand_whole(text: str, most: int, unit: str) -> Finding[int | None]:
    """Read a whole number from 0 to `most`."""
    value, notes = understand_number(text, most, unit)
    if value is None or value.is_integer():
        return Finding(None if value is None else int(value), notes)
    return Finding(int(value), (guessed(text, f"{int(value)}", f'"{text}" is rounded down to {int(value)}.'),))


@remembered
def understand_months(text: str) -> Finding[tuple[int, ...]]:
    """Read the months in a list of numbers, English names, or ranges of them, as 1 to 12 in the order of the year."""
    months: set[int] = set()
    notes: list[Note] = []
    for entry in split_list(text):
        named = _months(entry)
        months.update(named)
        if not named:
            notes.append(left_out(entry, f'"{entry}" is no month; write 1 to 12, or January to December.'))
        elif not entry.isdigit():
            made = ";".join(map(str, named))
            notes.append(understood(entry, made, f'"{entry}" is read as {made}.'))
    return Finding(tuple(sorted(months)), tuple(notes))


def _months(entry: str) -> tuple[int, ...]:
    ends = [_month(end) for end in re.split(r"\s*[-–]\s*", entry)]  # noqa: RUF001
    if len(ends) > 2 or not all(ends):
        return ()
    first, last = ends[0], ends[-1]
    return tuple(range(first, last + 1)) if first <= last else (*range(first, 13), *range(1, last + 1))


def _month(word: str) -> int:
    """1 to 12, or 0 for what is no month."""
    if re.fullmatch(r"0?[1-9]|1[0-2]", word):
        return int(word)
    name = word.casefold().rstrip(".")
    return _MONTHS.index(name[:3]) + 1 if len(name) >= 3 and name[:3] in _MONTHS and name.isalpha() else 0


@remembered
def understand_experience(text: str) -> Finding[str | None]:
    """Read a band of years of experience, written `2-4 years` or `16+ years`."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    band = None
    if (match := _BAND.fullmatch(plain)) and int(match[1]) <= int(match[2]):
        band = f"{int(match[1])}-{int(match[2])} years"
    elif match := _OPEN_BAND.fullmatch(plain):
        band = f"{int(match[1])}+ years"
    if band is None:
        return Finding(None, (left_out(text, f'"{text}" is no band of years; write "2-4 years" or "16+ years".'),))
    same = band == text.casefold()
    return Finding(band, () if same else (understood(text, band, f'"{text}" is read as {band}.'),))
