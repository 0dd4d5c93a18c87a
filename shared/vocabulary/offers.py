"""What somebody offers or looks for: the format, seats, mentors, hours, years of experience."""

import re

from shared.vocabulary.amounts import understand_number, understand_whole
from shared.vocabulary.findings import Finding, guessed, left_out, remembered, understood

MOST_SEATS = 100
MOST_MENTORS = 3
MOST_HOURS = 300
MOST_YEARS = 80

LONG_TERM, AD_HOC, BOTH = "long_term", "ad_hoc", "both"
MENTEE = "mentee"
_NOT_LETTERS = re.compile(r"[\W\d_]+")


@remembered
def understand_format(text: str) -> Finding[str | None]:
    """Read long-term, ad hoc or both, however it is hyphenated; a list of the two is both."""
    letters = _NOT_LETTERS.sub("", text.casefold())
    is_long_term, is_ad_hoc = "longterm" in letters, "adhoc" in letters
    if letters in ("both", "either") or (is_long_term and is_ad_hoc):
        meeting_format = BOTH
    elif is_long_term or is_ad_hoc:
        meeting_format = LONG_TERM if is_long_term else AD_HOC
    else:
        return Finding(None, (left_out(text, f'"{text}" is no format; write long-term, ad-hoc or both.'),))
    same = re.sub(r"[\s_-]+", "_", text.casefold()) == meeting_format
    note = understood(text, meeting_format, f'"{text}" is read as {meeting_format}.')
    return Finding(meeting_format, () if same else (note,))


@remembered
def understand_seats(text: str, meeting_format: str | None) -> Finding[int | None]:
    """Read how many people somebody mentors long-term."""
    seats, notes = understand_whole(text, MOST_SEATS, "people")
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
    mentors, notes = understand_whole(text, MOST_MENTORS, "mentors")
    if mentors == 0:
        return Finding(None, (left_out(text, "A mentee looks for 1 to 3 mentors; 1 is taken."),))
    return Finding(mentors, notes)


@remembered
def understand_hours(text: str) -> Finding[float | None]:
    """Read hours a month. Nobody meets for none: 0 is how people leave the question open."""
    hours, notes = understand_number(text, MOST_HOURS, "hours")
    if hours == 0:
        return Finding(None, (understood(text, "not stated", "0 hours are read as not stated."),))
    return Finding(hours, notes)


@remembered
def understand_years(text: str) -> Finding[float | None]:
    """Read years of experience; 0 is an answer."""
    return understand_number(text, MOST_YEARS, "years")
