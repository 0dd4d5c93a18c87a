"""The people in a file, one by one: who is in order, and what is wrong with the others."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.matching.algorithm.people import Person, fold
from services.matching.algorithm.program import Program
from services.matching.file.findings import Finding, findings
from services.matching.file.notes import Note
from services.matching.file.person_fields import IN_JSON, IN_TABLES, PERSON_FIELDS, REFERENCES, PersonFields
from services.matching.file.references import Entrant, People
from shared.text import checked_name, joined_lines, one_line
from shared.vocabulary.skills import understand_goals, understand_skills
from shared.vocabulary.spelling import spelling

PERSON = TypeAdapter(Person)
KNOWN = PERSON_FIELDS
SIDES = ("mentors", "mentees")
NAMING = {"id", "person", *REFERENCES}
"""Fields with ids in them."""

Document = Mapping[str, Any]


class Table(list[dict[str, Any]]):
    """People in the rows of a file, each with a prefix for names of fields that says where they are in it.

    `notes` are on the file as a whole, and on rows that were left out.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.prefixes = list[str]()
        self.notes = list[Note]()


def read_people(
    document: Document, side: str, program: Program, wrong: list[Finding], notes: list[Note]
) -> tuple[Entrant, ...]:
    """Read the people of one side, with a finding for each who is not in order, and a note on what is not used."""
    rows = document.get(side)
    if not isinstance(rows, list):
        wrong.append(Finding(side, "must be a list of objects with id and capacity"))
        return ()
    is_table = isinstance(rows, Table)
    prefixes = rows.prefixes if isinstance(rows, Table) else [f"{side}[{at}]." for at in range(len(rows))]
    on_file = rows.notes if isinstance(rows, Table) else ()
    notes += [note if note.place else Note("", f"{side}: {note.words}") for note in on_file]
    questions = {spelling(question.name): question for question in program.questions}
    entrants, prefix_of = list[Entrant](), dict[str, str]()
    for prefix, row in zip(prefixes, rows, strict=True):
        if not isinstance(row, dict):
            wrong.append(Finding(prefix.rstrip("."), "must be an object with an id"))
            continue
        notes += [Note("", f"{side}: {key} is not used") for key in sorted(_unused(row, is_table))]
        one = _entrant(PersonFields(row, prefix, questions, is_table), side, prefix, wrong, notes)
        if one is None:
            continue
        if one.person.id in prefix_of:
            first = prefix_of[one.person.id].rstrip("., ")
            wrong.append(Finding(f"{prefix}id", f"{one.person.id!r} is also {first}: give each an id"))
            continue
        prefix_of[one.person.id] = prefix
        entrants.append(one)
    return tuple(entrants)


def _unused(row: Mapping[str, Any], is_table: bool) -> set[str]:
    used = IN_TABLES if is_table else IN_JSON
    return {key for key in row if key not in used and not (is_table and key.partition(":")[2])}


def _entrant(fields: PersonFields, side: str, prefix: str, wrong: list[Finding], notes: list[Note]) -> Entrant | None:
    read = fields.read(side.removesuffix("s"))
    notes += fields.notes
    wrong += fields.wrong
    texts = {field: read.pop(field) for field in REFERENCES if isinstance(read.get(field), str) and fields.is_table}
    email = str(read.pop("email", None) or "")
    try:
        person = PERSON.validate_python({key: _named(one) if key in NAMING else one for key, one in read.items()})
        checked_name(joined_lines(str(read["id"])))
    except ValidationError as error:
        wrong += findings(prefix, error)
        return None
    except ValueError as error:
        wrong.append(Finding(f"{prefix}id", str(error)))
        return None
    named = {field: texts.get(field, getattr(person, field)) for field in REFERENCES}
    return None if fields.wrong else Entrant(person, prefix, email, named)


def _named(value: object) -> object:
    """Turn ids into text: they may be written as whole numbers; of a text, what is visible counts."""
    if isinstance(value, list):
        return [_named(one) for one in value]
    if isinstance(value, str):
        return one_line(value) if not value.isascii() else value
    return id_of(value)


def id_of(value: object) -> object:
    """Turn a whole number into the text that an id is; leave anything else as it is."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def find_absent(program: Program, people: People) -> list[Note]:
    """Note pairs to be kept apart that are not both here: most often a misspelled id."""
    pairs = (("excluded", program.constraints.excluded), ("failed", program.constraints.failed))
    return [
        Note("", f"program: {what} names {one} with {other}, who are not both here")
        for what, named in pairs
        for one, other in named
        if not people.find(one, "mentees") or not people.find(other, "mentors")
    ]


def find_misnamed(entrants: Mapping[str, Sequence[Entrant]], people: Mapping[str, Sequence[Person]]) -> list[Finding]:
    """Find people in preferences who are named twice, or who are oneself."""
    found = list[Finding]()
    for side, other in (SIDES, SIDES[::-1]):
        known = {one.id: one for one in people[other]}
        for entrant, person in zip(entrants[side], people[side], strict=True):
            ranked = [id for tier in person.prefers for id in tier]
            if len({*ranked}) < len(ranked):
                found.append(Finding(f"{entrant.prefix}prefers", "names somebody twice: name each once"))
            if person.person and any(known[id].person == person.person for id in ranked if id in known):
                words = f"names {person.id!r} as their own mentor: take it out"
                found.append(Finding(f"{entrant.prefix}prefers", words))
    return found


def with_kinds_read(program: Program) -> Program:
    """Return the program with the words of its kinds as people's own are read."""
    kinds = dict(program.kinds)
    for criterion, read in (("skills", understand_skills), ("goals", understand_goals)):
        if criterion in kinds:
            kinds[criterion] = {
                name: tuple(fold(word) for word in read(words).value) for name, words in kinds[criterion].items()
            }
    return program.model_copy(update={"kinds": kinds})
