"""What somebody offers or looks for: the format, seats, mentors, hours, years of experience."""

import re

from services.intake.vocabulary.amounts import understand_number, understand_whole
from services.intake.vocabulary.findings import Finding, guessed, left_out, remembered, understood
from shared.contracts.intake import MeetingFormat, Role

MOST_SEATS = 100
MOST_MENTORS = 3
MOST_HOURS = 300
MOST_YEARS = 80

_WRITTEN = {"long_term": MeetingFormat.LONG_TERM, "ad_hoc": MeetingFormat.AD_HOC, "both": MeetingFormat.BOTH}
_NOT_LETTERS = re.compile(r"[\W\d_]+")


@remembered
def understand_format(text: str) -> Finding[MeetingFormat | None]:
    """Read long-term, ad hoc or both, however it is hyphenated; a list of the two is both."""
    letters = _NOT_LETTERS.sub("", text.casefold())
    is_long_term, is_ad_hoc = "longterm" in letters, "adhoc" in letters
    if letters in ("both", "either") or (is_long_term and is_ad_hoc):
        meeting_format = MeetingFormat.BOTH
    elif is_long_term or is_ad_hoc:
        meeting_format = MeetingFormat.LONG_TERM if is_long_term else MeetingFormat.AD_HOC
    else:
        return Finding(None, (left_out(text, f'"{text}" is no format; write long-term, ad-hoc or both.'),))
    same = _WRITTEN.get(re.sub(r"[\s_-]+", "_", text.casefold())) is meeting_format
    made = meeting_format.value
    return Finding(meeting_format, () if same else (understood(text, made, f'"{text}" is read as {made}.'),))


@remembered
def understand_seats(text: str, meeting_format: MeetingFormat | None) -> Finding[int | None]:
    """Read how many people somebody mentors long-term."""
    seats, notes = understand_whole(text, MOST_SEATS, "people")
    if seats == 0 and meeting_format is MeetingFormat.AD_HOC:
        notes += (understood(text, "0", "Meets ad hoc only, so no long-term place is offered."),)
    elif seats == 0:
        notes += (guessed(text, "0", "No long-term place is offered at present."),)
    return Finding(seats, notes)


@remembered
def understand_mentors(text: str, role: Role) -> Finding[int | None]:
    """Read how many mentors a mentee looks for, 1 to 3."""
    if role is not Role.MENTEE:
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
