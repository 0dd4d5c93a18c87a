"""How often something is, in an amount of time: every two weeks, twice a month, 14-täglich."""

import re
from typing import NamedTuple

from shared.vocabulary.units import A_MONTH, ADVERBS, NUMBER, PERIODS, UNIT_OF, alternatives

_PERIOD = rf"({PERIODS})(?![^\W\d_])\.?"
_EVERY = re.compile(
    rf"(?:\b(?:every|each|alle|ogni|jede[nrs]?) |\b(?:per|pro) (?=\d)|/ ?(?=\d))"
    rf"(?:(other|second|zweite[nrs]?|2nd|{NUMBER})\.? ?)?{_PERIOD}"
)
_PER = re.compile(rf"(?:\b(?:per|pro|je|im|in der|in einer|in un|in una|al|alla|nel|p\.) ?|all'| ?/ ?){_PERIOD}")
_A = re.compile(rf"(?<=\S)(?<!and)(?<!und)(?<! e) (?:a|an|the|ein|eine|in a) {_PERIOD}")
_ADVERB = re.compile(rf"(?<![\w-])({alternatives(ADVERBS)})(?![^\W\d_])\.?")
_TIMES = re.compile(
    rf"\b({NUMBER}) ?(?:(?:x|\u00d7|mal|times?|volt[ae]|sessions?|meetings?|calls?|sitzung(?:en)?|treffen|termine?|"
    rf"incontri?o?|session[ei]|chiamat[ae])(?![^\W\d_])|\u00d7)"
)
_TIMES_IN_A_WORD = {"once": 1, "twice": 2, "einmal": 1, "zweimal": 2, "dreimal": 3}
_TIMES_WORD = re.compile(rf"\b({'|'.join(_TIMES_IN_A_WORD)})\b|\b(?:a|una) (?:time|volta)\b")
_LINKS = re.compile(
    r"\b(?:for|fur|fuer|of|di|da|jeweils|each|zu|je|per|pro|l'una|ciascun[oa])\b|[,;:()@/]|(?<= )a(?= \d)"
)


class Rhythm(NamedTuple):
    """How many times a month, None if nothing is said of it, and what else there is in the text."""

    a_month: float | None
    rest: str


def how_often(text: str) -> Rhythm | None:
    """Find how often in a plain text with digits; None if it is said twice, or in days, which nobody can count on."""
    found: list[float] = []
    for pattern in (_EVERY, _PER, _ADVERB, _A):
        while match := pattern.search(text):
            number, unit = _interval(pattern, match)
            if unit not in A_MONTH or not number:
                return None
            found.append(A_MONTH[unit] / number)
            text = f"{text[: match.start()]} {text[match.end() :]}"
    times, text = _times(text)
    if len(found) > 1 or not times:
        return None
    if not found and times == 1:
        return Rhythm(None, " ".join(text.split()))
    return Rhythm((found[0] if found else 1) * times, " ".join(_LINKS.sub(" ", text).split()))


def _interval(pattern: re.Pattern[str], match: re.Match[str]) -> tuple[float, str]:
    """A number of units between two times."""
    if pattern is _ADVERB:
        return ADVERBS[match[1]]
    unit = UNIT_OF[match[match.lastindex or 1]]
    said = match[1] if pattern is _EVERY else None
    number = 1.0 if said is None else float(said) if said[0].isdigit() and said != "2nd" else 2.0
    if unit == "day" and number in (7, 14, 15):
        return round(number / 7), "week"
    return number, unit


def _times(text: str) -> tuple[float, str]:
    times = 1.0
    while match := _TIMES.search(text):
        times, text = times * float(match[1]), f"{text[: match.start()]} {text[match.end() :]}"
    while match := _TIMES_WORD.search(text):
        times = times * _TIMES_IN_A_WORD.get(match[0], 1)
        text = f"{text[: match.start()]} {text[match.end() :]}"
    return times, text
