"""Answers on a scale: a number, however it is written, or nothing that could be one."""

import re

from shared.vocabulary.findings import Finding, guessed, left_out, remembered, understood
from shared.vocabulary.numbers import plain, with_digits

_NUMBER = r"(\d{1,6}(?:\.\d{1,4})?)"
_LABELED = re.compile(rf"\(?{_NUMBER}(?: ?[-:=.)(] ?| )\(?([^\W\d_][^\d]*?)\)?")
_LABEL_FIRST = re.compile(rf"([^\W\d_][^\d]*?)(?: ?[-:=(] ?| )\(?{_NUMBER}\)?")
_OUT_OF = re.compile(
    rf"{_NUMBER} ?(?:/|out of|of|von|aus|su|di|to) ?{_NUMBER}(?: (?:stars?|sterne?n?|stelle?|punkte?n?|points?|punti))?"
)
_STARS = re.compile("([\u2605\u2b50]{1,10})\u2606{0,10}")
_HIDES_NO_OTHER = re.compile(r"\b(?:not|no|kein\w*|nicht|non|between|zwischen|tra|or|oder|o|percent|prozent)\b")
_MOST_STARS = 10


@remembered
def understand_scale(text: str, lowest: float, highest: float) -> Finding[float | None]:
    """Read a number from `lowest` to `highest`: `4`, `3,5`, `4 - often`, `5/5`, `four`; None for anything else."""
    value, is_plain = _value(text, highest)
    if value is None:
        remedy = f"write a number from {lowest:g} to {highest:g}"
        return Finding(None, (left_out(text, f'"{text}" is no answer on this scale; {remedy}.'),))
    if not lowest <= value <= highest:
        sentence = f'"{text}" is {value:g}, and the scale goes from {lowest:g} to {highest:g}; it is left out.'
        return Finding(None, (left_out(text, sentence),))
    if is_plain:
        return Finding(value)
    if any(character.isdigit() for character in text):
        return Finding(value, (understood(text, f"{value:g}", f'"{text}" is read as {value:g}.'),))
    return Finding(value, (guessed(text, f"{value:g}", f'"{text}" is taken for {value:g}.'),))


def _value(text: str, highest: float) -> tuple[float | None, bool]:
    """The number in a text, and whether there is nothing but digits."""
    if stars := _STARS.fullmatch(text.strip()):
        filled, shown = len(stars[1]), len(text.strip())
        return (float(filled) if shown in (filled, int(highest)) else None), False
    written = with_digits(plain(text)).rstrip(" .!")
    if re.fullmatch(r"[+-]?\d{1,6}(?:\.\d{1,6})?", written):
        return float(written), written == text
    if ratio := _OUT_OF.fullmatch(written):
        return (float(ratio[1]) if float(ratio[2]) == highest else None), False
    for pattern, number, label in ((_LABELED, 1, 2), (_LABEL_FIRST, 2, 1)):
        found = pattern.fullmatch(written)
        if found and not _HIDES_NO_OTHER.search(found[label]):
            return float(found[number]), False
    return None, False
