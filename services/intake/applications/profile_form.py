"""A profile as people fill it in: values, or words that are read as those of a file are."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from services.intake.applications.model.profile import MatchingProfile
from services.intake.fields import readable
from shared.contracts.intake import MeetingFormat, Role
from shared.vocabulary.answers import Answers, Fields, Written, read_answers
from shared.vocabulary.cells import LONGEST_CELL
from shared.vocabulary.findings import Kind, Note
from shared.vocabulary.no_answers import is_no_answer
from shared.vocabulary.offers import MOST_HOURS, MOST_MENTORS, MOST_SEATS, MOST_YEARS
from shared.vocabulary.time_zones import understand_zone


def _number(lowest: float, most: float, is_whole: bool) -> BeforeValidator:
    """The check of a number within bounds, which words for one pass."""

    def check(found: object) -> object:
        if found is None or isinstance(found, str):
            return found
        kinds = (int,) if is_whole else (int, float)
        if isinstance(found, bool) or not isinstance(found, kinds) or not lowest <= found <= most:
            what = "a whole number" if is_whole else "a number"
            raise ValueError(f"write {what} from {lowest:g} to {most:g}, or words for one")
        return found

    return BeforeValidator(check)


def _as_list(found: object) -> object:
    return (found,) if isinstance(found, str) else found


def _readable(text: str) -> str:
    readable(text)
    return text


def _month(found: object) -> object:
    if isinstance(found, int) and not 1 <= found <= 12:
        raise ValueError("write 1 to 12, or January to December")
    return found


def _zone(text: str) -> str:
    zone, notes = understand_zone(text)
    if zone is None and not is_no_answer(text):
        raise ValueError(notes[0].sentence)
    return text


class FieldRemark(BaseModel):
    """What a field of the profile says, how it was read, and why."""

    field: str
    kind: Kind
    given: str
    made: str | None
    sentence: str


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_CELL)]
Entry = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_CELL), AfterValidator(_readable)
]
Entries = Annotated[tuple[Entry, ...], Field(max_length=50), BeforeValidator(_as_list)]
Month = Annotated[int | Entry, BeforeValidator(_month)]


class ProfileForm(BaseModel, extra="forbid"):
    """A profile as people fill it in; what it leaves open counts as not stated.

    Each field takes its values, or words, as the column of that name in a file does: `remarks` of the answer say what
    was made of them. A list may be one text, too.
    """

    meeting_format: MeetingFormat | Text | None = Field(None, description="long_term, ad_hoc or both")
    seats: Annotated[int | Text | None, _number(0, MOST_SEATS, is_whole=True)] = Field(
        None, description="Long-term places, 0 to 100; 0 for people who only meet ad hoc"
    )
    mentors: Annotated[int | Text | None, _number(1, MOST_MENTORS, is_whole=True)] = Field(
        None, description="How many mentors a mentee looks for, 1 to 3; 1 if not stated"
    )
    languages: Entries = Field((), description="ISO 639 codes, or names, with a level or without")
    areas: Entries = Field((), description="Fields of work")
    programming_languages: Entries = ()
    goals: Entries = Field((), description="Wished by a mentee, supported by a mentor")
    experience: Text | None = Field(None, description="A band, such as 2-4 years")
    years: Annotated[float | Text | None, _number(0, MOST_YEARS, is_whole=False)] = Field(
        None, description="Years of experience, 0 to 80"
    )
    hours_per_month: Annotated[float | Text | None, _number(0, MOST_HOURS, is_whole=False)] = Field(
        None, description="Up to 300"
    )
    months_available: Annotated[tuple[Month, ...], Field(max_length=12), BeforeValidator(_as_list)] = Field(
        (), description="1 to 12, or names"
    )
    time_zone: Annotated[Text, AfterValidator(_zone)] | None = Field(
        None, description="An IANA time zone, such as Europe/Rome; that of the person if not stated"
    )

    def read(self, role: Role) -> tuple[MatchingProfile, tuple[FieldRemark, ...]]:
        """Read the profile of somebody in a role, with a remark on all that was not taken exactly as it stands."""
        fields = Fields(self._written())
        answers = read_answers(fields, role)
        stated = fields.text("time_zone")
        zone = fields.take("time_zone", understand_zone(stated)) if stated else None
        months = {month for month in self.months_available if isinstance(month, int)} | {*answers.months_available}
        profile = profile_of(answers, zone).model_copy(update={"months_available": tuple(sorted(months))})
        remarks = [_remark(field, note) for field, note in fields.notes if not self._is_code(field, note)]
        return profile, tuple(remarks)

    def _written(self) -> dict[str, Written]:
        """What is written in each field, by the name of its column in a file."""
        written: dict[str, Written] = {}
        for name in type(self).model_fields:
            match getattr(self, name):
                case str() as text:
                    written[name] = text
                case int() | float() as number:
                    written[name] = f"{round(number, 2):g}"
                case (str() as text,):
                    written[name] = text
                case tuple() as entries:
                    written[name] = [entry for entry in entries if isinstance(entry, str)]
        return {COLUMNS.get(name, name): found for name, found in written.items()}

    def _is_code(self, field: str, note: Note) -> bool:
        """Whether a language is named by its code, as programs do: in a list of its own, that is no guess."""
        is_code = note.given in self.languages and re.fullmatch("[a-z]{2,3}", note.given) is not None
        return field == "languages" and note.kind is Kind.GUESSED and is_code


COLUMNS = {"meeting_format": "format"}
"""Fields for which files have another name."""


def _remark(field: str, note: Note) -> FieldRemark:
    names = {column: name for name, column in COLUMNS.items()}
    return FieldRemark(
        field=names.get(field, field), kind=note.kind, given=note.given, made=note.made, sentence=note.sentence
    )


def profile_of(answers: Answers, time_zone: str | None) -> MatchingProfile:
    """Make the profile of what somebody stated."""
    return MatchingProfile(
        meeting_format=MeetingFormat(answers.format) if answers.format else None,
        seats=answers.seats,
        mentors=answers.mentors,
        languages=answers.spoken,
        language_levels=answers.language_levels,
        areas=answers.areas,
        programming_languages=answers.programming_languages,
        goals=answers.goals,
        experience=answers.experience,
        years=answers.years,
        hours_per_month=answers.hours_per_month,
        months_available=answers.months_available,
        time_zone=time_zone,
    )
