"""What a row says of a person, read as everywhere, in the fields that are compared."""

import re
from collections.abc import Mapping
from typing import Any

from services.matching.algorithm.people import Person
from services.matching.algorithm.program import Question
from services.matching.file.answers import read_answer
from services.matching.file.findings import Finding
from services.matching.file.notes import Note
from shared.text import one_line
from shared.vocabulary.answers import Fields
from shared.vocabulary.findings import Finding as Reading
from shared.vocabulary.findings import Kind
from shared.vocabulary.findings import Note as About
from shared.vocabulary.flags import understand_flag
from shared.vocabulary.languages import understand_languages
from shared.vocabulary.locations import find_city, understand_location
from shared.vocabulary.no_answers import NOT_STATED, is_no_answer
from shared.vocabulary.offers import AD_HOC, understand_format, understand_mentors, understand_seats, understand_years
from shared.vocabulary.skills import (
    understand_areas,
    understand_goals,
    understand_programming_languages,
    understand_skills,
)
from shared.vocabulary.time_zones import understand_zone
from shared.vocabulary.weekly_times import understand_weekly_time

SKILLS = {
    "skills": understand_skills,
    "areas": understand_areas,
    "programming_languages": understand_programming_languages,
}
"""What somebody can do or wants to learn, under the names that it has in files of people."""

ENTRIES = ("interests", "roles")
WORDS = ("organization", "industry", "style", "region")
FLAGS = ("is_remote", "is_eligible", "has_somebody")
REFERENCES = ("managers", "prefers", "excludes")
NESTED = {"answer": "answers", "group": "groups"}
NUMBERS = {"capacity": re.compile(r"[+-]?\d+(?:[.,]0+)?"), "wished_gap_years": re.compile(r"[+-]?\d+(?:[.,]\d+)?")}
CODE = re.compile("[a-z]{2,3}")
ID = re.compile(r"[A-Za-z]{1,2}\d*")
"""Ids that may look like no answer: `X`, `na`."""


class PersonFields:
    """One row while it is read: what it says, what was not taken as it stands, and what is wrong.

    A table has nothing but texts; in JSON, a text where a list or a number belongs stays as it is, to be refused.
    """

    def __init__(self, row: Mapping[str, Any], prefix: str, questions: Mapping[str, Question], is_table: bool) -> None:
        self.notes: list[Note] = []
        self.wrong: list[Finding] = []
        self.person: dict[str, Any] = {}
        self._row, self._prefix, self._questions, self.is_table = row, prefix, questions, is_table
        self._texts = {key: value for key, value in row.items() if isinstance(value, str) or _are_texts(value)}
        self._fields = Fields(self._texts)

    def read(self, role: str) -> dict[str, Any]:
        """Read all fields of somebody who takes part in a role."""
        self.person = {key: value for key, value in self._row.items() if key in self._passed}
        self._identity()
        self._lists()
        self._words()
        self._numbers(role)
        self._nested()
        self.notes += [
            Note(self._place(field), note.sentence.rstrip("."))
            for field, note in self._fields.notes
            if _is_worth_saying(field, note)
        ]
        return self.person

    @property
    def _passed(self) -> set[str]:
        """Fields that are not read, but checked as they stand."""
        shaped = {*SKILLS, "goals", "languages", "availability", *ENTRIES}
        if self.is_table:
            return set(REFERENCES)
        return {name for name in self._row if name in PERSON_FIELDS and not (name in shaped and self._has(name))}

    def _place(self, field: str) -> str:
        return f"{self._prefix}{field}".rstrip("., ")

    def _identity(self) -> None:
        """Read who it is; what only says that there is no answer names nobody, and is no address."""
        for field in ("id", "person", "name", "email"):
            value = self._row.get(field)
            if isinstance(value, str):
                self.person[field] = value if self._is_named(field, one_line(value)) else ""
        if not self.person.get("id") and self.is_table and self.person.get("email"):
            self.person["id"] = self.person["email"]
        self.person = {field: value for field, value in self.person.items() if value != "" or field == "id"}
        if self.is_table and not self.person.get("id"):
            self.person.pop("id", None)

    def _is_named(self, field: str, text: str) -> bool:
        if field == "email" and text and "@" not in text and not is_no_answer(text):
            self.notes.append(Note(self._place(field), f"{text!r} is no address: it is not used"))
        if field == "email":
            return "@" in text
        is_id = field in ("id", "person") and (not self.is_table or ID.fullmatch(text) is not None)
        return is_id or not is_no_answer(text)

    def _lists(self) -> None:
        fields = self._fields
        skills = [name for field, read in SKILLS.items() if self._has(field) for name in fields.read_list(field, read)]
        if skills:
            self.person["skills"] = list(dict.fromkeys(skills))
        if self._has("goals"):
            self.person["goals"] = list(fields.read_list("goals", understand_goals))
        if self._has("languages"):
            self.person["languages"] = [one.code for one in fields.read_list("languages", understand_languages)]
        for field in ENTRIES:
            if self._has(field):
                self.person[field] = list(fields.entries(field))
        if self._has("availability"):
            entries = fields.entries("availability")
            self.person["availability"] = [time for entry in entries for time in _times(entry)]

    def _has(self, field: str) -> bool:
        """Whether there is something to read."""
        return field in self._texts and (self.is_table or not isinstance(self._texts[field], str))

    def _words(self) -> None:
        for field in WORDS:
            if isinstance(self._row.get(field), str):
                self.person[field] = self._fields.text(field) or None
        if isinstance(self._row.get("place"), str):
            place = self._fields.text("place")
            self.person["place"] = (find_city(place) or place) or None
        self._where()
        if isinstance(self._row.get("time_zone"), str):
            zone = self._fields.text("time_zone")
            found = understand_zone(zone).value if zone else None
            self.person["time_zone"] = found or zone or self.person.get("time_zone")

    def _where(self) -> None:
        """Read where somebody is, as far as the row does not say it in other columns."""
        location = self._fields.text("location")
        if not location:
            return
        place = self._fields.take("location", understand_location(location))
        self.person.setdefault("place", find_city(location) or location)
        if place.time_zone:
            self.person["time_zone"] = place.time_zone

    def _numbers(self, role: str) -> None:
        if not self.is_table:
            return
        years = self._fields.read("years", understand_years)
        if years is not None:
            self.person["years"] = years
        for field, pattern in NUMBERS.items():
            text = self._fields.text(field)
            if text and not pattern.fullmatch(text):
                what = "a whole number" if field == "capacity" else "a number"
                self.wrong.append(Finding(self._place(field), f"must be {what}, not {text!r}"))
            elif text:
                number = float(text.replace(",", "."))
                self.person[field] = int(number) if field == "capacity" else number
        for field in FLAGS:
            self._flag(field)
        self._offer(role)

    def _flag(self, field: str) -> None:
        text = one_line(self._fields.written(field))
        if not text:
            return
        flag, notes = understand_flag(text)
        if flag is None and notes and notes[0].kind is Kind.LEFT_OUT:
            self.wrong.append(Finding(self._place(field), f"must be yes or no, not {text!r}"))
        self._fields.take(field, Reading(flag, notes))
        if flag is not None:
            self.person[field] = flag

    def _offer(self, role: str) -> None:
        """Read what an application states: who meets ad hoc only is not matched, and seats are a mentor's capacity."""
        meeting_format = self._fields.read("format", understand_format)
        if meeting_format == AD_HOC:
            self.person.setdefault("is_eligible", False)
            self.notes.append(Note(self._place("format"), "who meets ad hoc only is not matched"))
        field = "seats" if role == "mentor" else "mentors"
        read = understand_seats if role == "mentor" else understand_mentors
        about = meeting_format if role == "mentor" else role
        number = self._fields.read(field, lambda text: read(text, about))
        if number is not None:
            self.person.setdefault("capacity", number)

    def _nested(self) -> None:
        if not self.is_table:
            self._json_answers()
            return
        for title in self._row:
            kind, _, label = title.partition(":")
            if not label or kind not in NESTED:
                continue
            if kind == "group" and (text := self._fields.text(title)):
                self.person.setdefault("groups", {})[label] = text
            elif kind == "answer":
                self._answer(title, label, self._row[title])

    def _json_answers(self) -> None:
        answers = self._row.get("answers")
        if isinstance(answers, dict):
            self.person["answers"] = {}
            for label, given in answers.items():
                self._answer(f"answers.{label}", label, given)

    def _answer(self, field: str, label: str, given: object) -> None:
        name, value, notes = read_answer(label, given, self._questions, self.is_table)
        self.notes += [Note(self._place(field), words) for words in notes]
        if value is not None:
            self.person.setdefault("answers", {})[name] = value


def _is_worth_saying(field: str, note: About) -> bool:
    """Whether something was left out or guessed; a language that is named by its code, as programs do, is no guess."""
    if note.kind is Kind.UNDERSTOOD:
        return note.made == NOT_STATED
    return field != "languages" or note.kind is not Kind.GUESSED or not CODE.fullmatch(note.given)


def _times(entry: str) -> list[str]:
    """The times of an entry, as they are compared; what is none stays as it is, to be refused."""
    if time := understand_weekly_time(entry).value:
        return [time]
    return [understand_weekly_time(part.strip()).value or part.strip() for part in entry.split(",")]


PERSON_FIELDS = frozenset(Person.__dataclass_fields__)
IN_JSON = PERSON_FIELDS | {"email", "location", *SKILLS}
IN_TABLES = IN_JSON | {"seats", "mentors", "format"}
"""Fields that are read; others are named as not used."""


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
