"""The people in a file, one by one: who is in order, and what is wrong with the others."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from services.matching.algorithm.people import Person
from services.matching.algorithm.program import Program
from services.matching.file.findings import Finding, findings
from shared.text import checked_name, joined_lines, one_line

PERSON = TypeAdapter(Person)
KNOWN = {field.name for field in fields(Person)}
SIDES = ("mentors", "mentees")

Document = Mapping[str, Any]


class Table(list[dict[str, Any]]):
    """People of one side, each with a prefix for names of fields that says where they are in the file.

    `notes` are on the file as a whole.
    """

    def __init__(self) -> None:
        super().__init__()
        self.prefixes = list[str]()
        self.notes = list[str]()


class Side(NamedTuple):
    """The people of one side who are in order, and the prefix of each."""

    people: tuple[Person, ...]
    prefixes: tuple[str, ...]


def read_people(document: Document, side: str, wrong: list[Finding], notes: list[str]) -> Side:
    """Read the people of one side, with a finding for each who is not in order, and a note on what is not used."""
    rows = document.get(side)
    if not isinstance(rows, list):
        wrong.append(Finding(side, "must be a list of objects with id and capacity"))
        return Side((), ())
    prefixes = rows.prefixes if isinstance(rows, Table) else [f"{side}[{at}]." for at in range(len(rows))]
    notes += [f"{side}: {note}" for note in (rows.notes if isinstance(rows, Table) else ())]
    people, prefix_of = list[Person](), dict[str, str]()
    for prefix, row in zip(prefixes, rows, strict=True):
        if not isinstance(row, dict):
            wrong.append(Finding(prefix.rstrip("."), "must be an object with an id"))
            continue
        notes += [f"{side}: {key} is not used" for key in row.keys() - KNOWN - {"email"}]
        try:
            person = PERSON.validate_python({key: _named(key, one) for key, one in row.items() if key in KNOWN})
            checked_name(joined_lines(str(row["id"])))
        except ValidationError as error:
            wrong += findings(prefix, error)
            continue
        except ValueError as error:
            wrong.append(Finding(f"{prefix}id", str(error)))
            continue
        if person.id in prefix_of:
            first = prefix_of[person.id].rstrip("., ")
            wrong.append(Finding(f"{prefix}id", f"{person.id!r} is also {first}: give each an id"))
            continue
        prefix_of[person.id] = prefix
        people.append(person)
    return Side(tuple(people), tuple(prefix_of.values()))


def _named(key: str, value: object) -> object:
    """Turn the ids in a field into text: they may be written as whole numbers; of a text, what is visible counts."""
    value = _visible(value)
    if key in {"id", "person"}:
        return id_of(value)
    if key in {"prefers", "managers", "excludes"} and isinstance(value, list):
        return [[id_of(one) for one in tier] if isinstance(tier, list) else id_of(tier) for tier in value]
    return value


def _visible(value: object) -> object:
    if isinstance(value, list):
        return [_visible(one) for one in value]
    return one_line(value) if isinstance(value, str) and not value.isascii() else value


def id_of(value: object) -> object:
    """Turn a whole number into the text that an id is; leave anything else as it is."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def find_absent(program: Program, people: Mapping[str, Sequence[Person]]) -> list[str]:
    """Note exclusions that exclude nobody: most often a misspelled id."""
    mentees, mentors = ({one.id for one in people[side]} for side in ("mentees", "mentors"))
    return [
        f"program: excluded names {one} with {other}, who are not both here"
        for one, other in program.constraints.excluded
        if one not in mentees or other not in mentors
    ]


def find_misnamed(sides: Mapping[str, Side]) -> list[Finding]:
    """Find ids in preferences and exclusions that nobody on the other side has, that are named twice, or one's own."""
    found = list[Finding]()
    for side, other in (SIDES, SIDES[::-1]):
        known = {one.id: one for one in sides[other].people}
        for person, prefix in zip(*sides[side], strict=True):
            ranked = [id for tier in person.prefers for id in tier]
            for field, ids in (("prefers", ranked), ("excludes", person.excludes)):
                found += [
                    Finding(f"{prefix}{field}", f"{id!r} is nobody of the {other}: name their ids")
                    for id in ids
                    if id not in known
                ]
            if len({*ranked}) < len(ranked):
                found.append(Finding(f"{prefix}prefers", "names somebody twice: name each once"))
            if person.person and any(known[id].person == person.person for id in ranked if id in known):
                found.append(Finding(f"{prefix}prefers", f"names {person.id!r} as their own mentor: take it out"))
    return found
