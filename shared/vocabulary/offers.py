"""What somebody offers or looks for: the format, seats, mentors, hours, years of experience."""

import re
from collections.abc import Mapping

from shared.vocabulary.amounts import Amount, find_amount
from shared.vocabulary.findings import Finding, Note, guessed, left_out, remembered, understood
from shared.vocabulary.spelling import spelling

MOST_SEATS = 100
MOST_MENTORS = 3
MOST_HOURS = 300
MOST_YEARS = 80

LONG_TERM, AD_HOC, BOTH = "long_term", "ad_hoc", "both"
MENTEE = "mentee"

FORMATS: Mapping[str, tuple[str, ...]] = {
    LONG_TERM: ("long-term", "long run", "ongoing", "langfristig", "Langzeit", "dauerhaft", "a lungo termine",
                "lungo termine", "lungo periodo", "continuativo"),
    AD_HOC: ("ad hoc", "one-off", "single", "once", "einmalig", "einzeln", "einzelne", "punktuell", "una tantum",
             "occasionale", "singola", "singole", "singolo", "al bisogno"),
    BOTH: ("both", "either", "beide", "beides", "entrambi", "entrambe"),
}  # fmt: skip
"""How a format is written; "sessions", "mentoring" and the like may stand beside it, and a "no" may not."""

_NOUNS = re.compile(
    r"\b(?:only|just|sessions?|mentoring|mentorship|meetings?|calls?|chats?|basis|nur|sitzung(?:en)?|treffen|termine?|"
    r"gesprache?|solo|session[ei]|incontr[io]|colloqui[o]?|percorso|format[io]?)\b"
)
_BETWEEN_FORMATS = re.compile(r"\s*(?:[;,/+&]|\b(?:and|or|und|oder|e|o)\b)\s*")
_FORMAT_OF = {spelling(words): name for name, ways in FORMATS.items() for words in (*ways, name)}

WORTH: Mapping[str, Mapping[str, float]] = {
    "people": dict.fromkeys(("person", "seat", "mentee"), 1.0),
    "mentors": dict.fromkeys(("person", "mentor"), 1.0),
    "hours": {"hour": 1.0, "minute": 1 / 60},
    "years": {"year": 1.0, "month": 1 / 12, "week": 1 / 52},
}
"""The units that belong to what is counted, and what each is worth there. Any other is left out, with a remark."""


@remembered
def understand_format(text: str) -> Finding[str | None]:
    """Read long-term, ad hoc or both, however it is hyphenated; a list of the two is both."""
    entries = [entry for entry in _BETWEEN_FORMATS.split(text.casefold()) if entry]
    found = {_FORMAT_OF.get(spelling(entry)) or _FORMAT_OF.get(spelling(_NOUNS.sub("", entry))) for entry in entries}
    if None in found or not found:
        return Finding(None, (left_out(text, f'"{text}" is no format; write long-term, ad-hoc or both.'),))
    meeting_format = str(found.pop()) if len(found) == 1 else BOTH
    same = re.sub(r"[\s_-]+", "_", text.casefold()) == meeting_format
    note = understood(text, meeting_format, f'"{text}" is read as {meeting_format}.')
    return Finding(meeting_format, () if same else (note,))


@remembered
def understand_seats(text: str, meeting_format: str | None) -> Finding[int | None]:
    """Read how many people somebody mentors long-term."""
    seats, notes = _whole(text, MOST_SEATS, "people")
    if seats == 0 and meeting_format == AD_HOC:
        notes += (understood(text, "0", "Meets ad hoc only, so no long-term place is offered."),)
    elif seats == 0:
        notes += (guessed(text, "0", "No long-term place is offered at present."),)
    return Finding(seats, notes)


@remembered
def understand_mentors(text: str, role: str) -> Finding[int | None]:
    """Read how many mentors a mentee looks for, 1 to 3."""
    if role != MENTEE:
        return Finding(None, (left_out(text, "Only a mentee looks for mentors; a mentor states seats."),))
    mentors, notes = _whole(text, MOST_MENTORS, "mentors")
    if mentors == 0:
        return Finding(None, (left_out(text, "A mentee looks for 1 to 3 mentors; 1 is taken."),))
    return Finding(mentors, notes)


@remembered
def understand_hours(text: str) -> Finding[float | None]:
    """Read hours a month. Nobody meets for none: 0 is how people leave the question open."""
    hours, notes = _number(text, MOST_HOURS, "hours")
    if hours == 0:
        return Finding(None, (understood(text, "not stated", "0 hours are read as not stated."),))
    return Finding(hours, notes)


@remembered
def understand_years(text: str) -> Finding[float | None]:
    """Read years of experience; 0 is an answer."""
    return _number(text, MOST_YEARS, "years")


def _whole(text: str, most: int, of: str) -> Finding[int | None]:
    """Read a whole number from 0 to `most`."""
    value, notes = _number(text, most, of)
    if value is None or value.is_integer():
        return Finding(None if value is None else int(value), notes)
    return Finding(int(value), (guessed(text, f"{int(value)}", f'"{text}" is rounded down to {int(value)}.'),))


def _number(text: str, most: int, of: str) -> Finding[float | None]:
    """Read a number from 0 to `most`, or the lower end of a range. None for anything else."""
    amount = find_amount(text)
    counted = amount and _counted(amount, of)
    if amount is None or counted is None or (counted.unit is None and not re.search(r"\d", text)):
        return Finding(None, (left_out(text, f'"{text}" is not read as a number of {of}; {_remedy(amount, of)}.'),))
    value = round(counted.low, 2)
    if value > most:
        return Finding(None, (left_out(text, f"{value:g} {of} cannot be right; at most {most} are taken."),))
    return Finding(value, _about(text, value, counted, of))


def _counted(amount: Amount, of: str) -> Amount | None:
    """The amount in what is counted; None where its unit or rhythm does not belong."""
    if amount.a_month is None:
        return amount.counted_in(WORTH[of])
    if of != "hours":
        return None
    monthly = amount.counted_in(WORTH[of])
    return monthly and Amount(
        monthly.low * amount.a_month,
        monthly.high * amount.a_month,
        monthly.unit or "hour",
        is_certain=monthly.is_certain and amount.a_month.is_integer(),
        rest=monthly.rest,
    )


def _remedy(amount: Amount | None, of: str) -> str:
    if amount is not None and amount.unit is not None and amount.unit not in WORTH[of]:
        return f"a {amount.unit} is none of them"
    if amount is not None and amount.a_month is not None:
        return "how often is not asked here"
    return "write digits, such as 2"


def _about(text: str, value: float, amount: Amount, of: str) -> tuple[Note, ...]:
    made = f"{value:g}"
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return ()
    if amount.rest:
        return (guessed(text, made, f'"{text}" is taken for {made} {of}; "{amount.rest}" is not read.'),)
    if amount.high > amount.low:
        return (guessed(text, made, f'Of "{text}" the lower end is taken, {made}.'),)
    if not amount.is_certain or round(amount.low, 6) != value:
        return (guessed(text, made, f'"{text}" is taken for {made} {of}.'),)
    return (understood(text, made, f'"{text}" is {made}.'),)
