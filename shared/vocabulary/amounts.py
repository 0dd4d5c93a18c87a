"""Amounts: a number or a range, with a unit that counts, and how often.

What is not wholly understood is no amount: a number whose unit is unknown could be anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.vocabulary.numbers import plain, with_digits
from shared.vocabulary.rhythms import how_often
from shared.vocabulary.units import HEDGES, HEDGES_BEHIND, NUMBER, UNIT, UNIT_OF, alternatives

_AND = r"(?:and|und|e|&|,)"
_HALF = r"(?:half|halb|halbe|halben|halbes|mezzo|mezza|mezz')"
_ARTICLE = r"(?:an?|eine?|eine[rnms]|uno?|una|un')"
_END = r"(?![^\W\d_])\.?"

_SPELLED: tuple[tuple[str, str], ...] = (
    (r"\b(?:drei|3)\s?viertel(?:stunde| stunden?)\b|\btre quarti d'ora\b|\b3 quarti d'ora\b", "45 min"),
    (r"\b(?:three|3)[ -]quarters? of an hour\b", "45 min"),
    (r"\b(?:an? )?quarter (?:of an )?hour\b|\b(?:eine )?viertelstunde\b|\b(?:un )?quarto d'ora\b", "15 min"),
    (r"\b(?:una )?mezzora\b|\b(?:eine )?halbstunde\b", "0.5 h"),
    (r"\b(?:ein )?halbjahr\b", "0.5 year"),
    (rf"(?:\b{_ARTICLE} ?)?\b{_HALF} ?(?:an? )?({UNIT}){_END}", r"0.5 \1"),
)
"""Halves and quarters as people say them, and what they count."""

_ONE = re.compile(rf"\b(?:{_ARTICLE} |un')(?=(?:{UNIT})(?![^\W\d_])|(?:bis|to|or|oder|o) \d)")
_AND_A_HALF = re.compile(rf"\b({NUMBER}) ?({UNIT})?\.? {_AND} (?:{_ARTICLE} )?{_HALF}(?: ({UNIT}))?{_END}")
_PIECE = re.compile(rf" ?(?:{_AND} ?)?({NUMBER})(?: ?({UNIT}){_END})?")
_SHORT_MINUTES = re.compile(rf"((?:{UNIT}) ?\d{{1,2}}) ?m$")
_CLOCK = re.compile(rf"(\d{{1,3}}):([0-5]\d)(?: ?({UNIT}))?\.?")
_RANGE = re.compile(
    r"(?:(?:from|von|da|dalle|between|zwischen|tra|fra) )?(.+?)(?: ?- ?| (?:to|bis|a|and|und|e|or|oder|o) )(.+)"
)
_HEDGE = re.compile(rf"(?:(?:{alternatives(HEDGES)})(?![a-z])\.?|[~\u2248<>\u2264\u2265]=?) ?")
_HEDGE_BEHIND = re.compile(rf" ?(?:(?<![a-z])(?:{alternatives(HEDGES_BEHIND)})\.?|\+)$")
_PLUS = re.compile(r"(?<=\d)\+")
_NO_REST = re.compile(
    rf"\b(?:per|pro|je|each|every|no|not|kein\w*|non|nicht|to|bis|or|oder|o|old|age|alt|eta|{UNIT})\b|[\d/]"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """What a text counts: from `low` to `high` of a unit, if it names one, so often a month, if it says so.

    It is certain unless it is a range, is hedged ("about", "at most"), or has a `rest` that was not understood.
    """

    low: float
    high: float
    unit: str | None = None
    a_month: float | None = None
    is_certain: bool = True
    rest: str = ""

    def counted_in(self, worth: Mapping[str, float]) -> "Amount | None":
        """Return the amount as a field counts, by what each unit is worth there; None if its unit does not belong."""
        if self.unit is None:
            return self
        factor = worth.get(self.unit)
        return None if factor is None else replace(self, low=self.low * factor, high=self.high * factor)


def find_amount(text: str) -> Amount | None:
    """Read an amount such as `2`, `1,5 h`, `2h30`, `30-60 min`, `an hour a week` or `2 x 90 min pro Monat`."""
    text = _with_halves(with_digits(plain(text)))
    often = how_often(text)
    if often is None:
        return None
    core, is_certain = _without_hedges(_ONE.sub("1 ", often.rest))
    amount = _single(core) or _between(core) or _with_rest(core)
    return amount and replace(amount, a_month=often.a_month, is_certain=amount.is_certain and is_certain)


def _with_halves(text: str) -> str:
    """Write halves and quarters as numbers. Articles stay where they may say how often, as in "an hour a week"."""
    counted = _ONE.sub("1 ", text)
    text = _AND_A_HALF.sub(_and_a_half, counted) if _AND_A_HALF.search(counted) else text
    for pattern, written in _SPELLED:
        text = re.sub(pattern, written, text)
    return text


def _and_a_half(found: re.Match[str]) -> str:
    return f"{float(found[1]) + 0.5:g} {found[2] or found[3] or ''}".strip()


def _without_hedges(text: str) -> tuple[str, bool]:
    """Take off what makes an amount less sure, and say whether there was nothing of the kind."""
    is_certain = True
    while True:
        shorter = text[match.end() :] if (match := _HEDGE.match(text)) else text
        shorter = _PLUS.sub("", _HEDGE_BEHIND.sub("", shorter)).strip()
        if shorter == text:
            return text, is_certain
        text, is_certain = shorter, False


def _single(text: str) -> Amount | None:
    """Read one amount: of hours and minutes, too, in the order in which they are said."""
    if clock := _CLOCK.fullmatch(text):
        minutes = int(clock[1]) * 60 + int(clock[2])
        is_said = clock[3] is not None and UNIT_OF[clock[3]] == "hour"
        return Amount(minutes / 60, minutes / 60, "hour", is_certain=is_said) if clock[3] is None or is_said else None
    text = _SHORT_MINUTES.sub(r"\1 min", text)
    pieces = list(_PIECE.finditer(text))
    if not pieces or "".join(piece[0] for piece in pieces) != text:
        return None
    units = [UNIT_OF.get(piece[2] or "") for piece in pieces]
    values = [float(piece[1]) for piece in pieces]
    if len(pieces) == 1:
        return _exactly(values[0], units[0])
    if len(pieces) == 2 and units in (["hour", "minute"], ["hour", None]) and values[1] < 60:
        return _exactly(values[0] + values[1] / 60, "hour")
    if len(pieces) == 2 and units == ["year", "month"] and values[1] < 12:
        return _exactly(values[0] + values[1] / 12, "year")
    return None


def _exactly(value: float, unit: str | None) -> Amount:
    return Amount(value, value, unit)


def _between(text: str) -> Amount | None:
    """Read a range, whose lower end may leave its unit to the upper one."""
    found = _RANGE.fullmatch(text)
    low, high = (_single(found[1]), _single(found[2])) if found else (None, None)
    if low is None or high is None:
        return None
    if low.unit not in (None, high.unit):
        worth = {"minute": 1 / 60, "hour": 1.0} if high.unit == "hour" else {"month": 1 / 12, "year": 1.0}
        low = low.counted_in(worth) if high.unit in ("hour", "year") else None
    return low and Amount(low.low, high.high, high.unit, is_certain=False)


def _with_rest(text: str) -> Amount | None:
    """Read an amount in a unit that is known, with words behind it that say what it is of."""
    words = text.split()
    for end in range(len(words) - 1, 0, -1):
        amount, rest = _single(found := " ".join(words[:end])) or _between(found), " ".join(words[end:])
        if _NO_REST.search(rest):
            return None
        if amount and amount.unit:
            return replace(amount, rest=rest)
    return None
