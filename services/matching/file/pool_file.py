"""A file of people as a problem, or every place at which it is wrong."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from services.matching.algorithm import problem
from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.people import Person
from services.matching.algorithm.problem import TAKEN_AS_GIVEN, Problem
from services.matching.algorithm.program import Program
from services.matching.algorithm.unmatched import PAIR_WORDS
from services.matching.algorithm.what_if import forbidden
from services.matching.file.findings import BadInput, Finding, findings
from shared.text import checked_name, joined_lines, one_line

PERSON = TypeAdapter(Person)
KNOWN = {field.name for field in fields(Person)}
OF_ANY_FORM = {"id", "capacity", "person", "name", "prefers", "groups", "excludes", "is_eligible"}
SIDES = ("mentors", "mentees")

Document = Mapping[str, Any]
Pairs = tuple[tuple[str, str], ...]


class Table(list[dict[str, Any]]):
    """People of one side, with what stands before the name of a field to say where it is in the file."""

    def __init__(self) -> None:
        super().__init__()
        self.prefixes = list[str]()


class Side(NamedTuple):
    """The people of one side who are in order, and the prefix of each."""

    people: tuple[Person, ...]
    prefixes: tuple[str, ...]


class Read(NamedTuple):
    """A problem, and what was in the file and is not used."""

    problem: Problem
    notes: tuple[str, ...]
    accepted: Pairs
    proposed: Pairs


def parse(text: str, name: str) -> Document:
    """The JSON object in a text; raises `BadInput`."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput([Finding(f"{name}:{error.lineno}:{error.colno}", f"is not JSON: {error.msg}")]) from error
    except ValueError as error:
        raise BadInput([Finding(name, f"has a number that is too long: {error}")]) from error
    except RecursionError as error:
        raise BadInput([Finding(name, "is nested too deeply: give an object with mentors and mentees")]) from error
    if not isinstance(document, dict):
        raise BadInput([Finding(name, "must be a JSON object with mentors and mentees")])
    return document


def read(document: Document, seed: int = 0) -> Read:
    """The problem of a document; raises `BadInput` with all that is wrong."""
    wrong, notes = list[Finding](), list[str]()
    read_sides = {side: _people(document, side, wrong, notes) for side in SIDES}
    people = {side: one.people for side, one in read_sides.items()}
    program = _program(document, wrong)
    notes += _absent(program, people)
    notes += [f"{key} is not used" for key in document.keys() - {*SIDES, "program", "scores", "accepted", "proposed"}]
    wrong += _misnamed(read_sides)
    scores = _scores(document.get("scores"), people, wrong)
    accepted, proposed = (_pairs(document.get(key, ()), key, people, wrong) for key in ("accepted", "proposed"))
    if wrong:
        raise BadInput(wrong)
    try:
        pool = Pool(mentors=people["mentors"], mentees=people["mentees"], program=program, seed=seed)
    except ValidationError as error:
        raise BadInput(findings("file", error)) from error
    found = _stated(document, pool, scores)
    proposed = _still_allowed(found, accepted, proposed, notes)
    return Read(found, tuple(dict.fromkeys(notes)), accepted, proposed)


def _still_allowed(found: Problem, accepted: Pairs, proposed: Pairs, notes: list[str]) -> Pairs:
    """The proposals that may stay; raises `BadInput` if what was accepted must not be, or is more than fits."""
    banned = forbidden(found, (*accepted, *proposed)) if accepted or proposed else {}
    told = {pair: PAIR_WORDS[code].format(*pair) for pair, code in banned.items()}
    wrong = [
        Finding(f"accepted[{at}]", f"{told[pair]}: take the pair out, or relax the constraint")
        for at, pair in enumerate(accepted)
        if pair in banned
    ]
    notes += [
        f"{one} with {other} is proposed no more: {told[one, other]}"
        for one, other in proposed
        if (one, other) in banned
    ]
    kept = tuple(pair for pair in proposed if pair not in banned)
    for side, place in (("mentees", 0), ("mentors", 1)):
        times = Counter(pair[place] for pair in (*accepted, *kept))
        wrong += [
            Finding(f"accepted and proposed, {one.id}", f"has {times[one.id]} pairs and a capacity of {one.capacity}")
            for one in getattr(found.pool, side)
            if times[one.id] > one.capacity
        ]
    if wrong:
        raise BadInput(wrong)
    return kept


def _stated(document: Document, pool: Pool, scores: Mapping[tuple[str, str], float] | None) -> Problem:
    objective = pool.program.objective if "objective" in document.get("program", {}) else TAKEN_AS_GIVEN
    if scores is not None:
        return problem.of_scores(pool, scores, objective)
    if "program" not in document and _only_rank(document):
        return problem.of_rankings(pool, objective)
    return problem.of_profiles(pool)


def _only_rank(document: Document) -> bool:
    """Whether people say whom they prefer, and nothing else that could be compared."""
    stated = {key for side in SIDES for one in document[side] for key in one}
    return "prefers" in stated and not stated & (KNOWN - OF_ANY_FORM)


def _people(document: Document, side: str, wrong: list[Finding], notes: list[str]) -> Side:
    rows = document.get(side)
    if not isinstance(rows, list):
        wrong.append(Finding(side, "must be a list of objects with id and capacity"))
        return Side((), ())
    prefixes = rows.prefixes if isinstance(rows, Table) else [f"{side}[{at}]." for at in range(len(rows))]
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
    """Ids may be written as whole numbers; of a text, what is visible counts."""
    value = _visible(value)
    if key in {"id", "person"}:
        return _id(value)
    if key in {"prefers", "managers", "excludes"} and isinstance(value, list):
        return [[_id(one) for one in tier] if isinstance(tier, list) else _id(tier) for tier in value]
    return value


def _visible(value: object) -> object:
    if isinstance(value, list):
        return [_visible(one) for one in value]
    return one_line(value) if isinstance(value, str) and not value.isascii() else value


def _id(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _program(document: Document, wrong: list[Finding]) -> Program:
    try:
        return Program.model_validate(document.get("program", {}))
    except ValidationError as error:
        wrong += findings("program.", error)
        return Program()


def _absent(program: Program, people: Mapping[str, Sequence[Person]]) -> list[str]:
    """Exclusions that exclude nobody: most often a misspelled id."""
    mentees, mentors = ({one.id for one in people[side]} for side in ("mentees", "mentors"))
    return [
        f"program: excluded names {one} with {other}, who are not both here"
        for one, other in program.constraints.excluded
        if one not in mentees or other not in mentors
    ]


def _misnamed(sides: Mapping[str, Side]) -> list[Finding]:
    """Ids in preferences and exclusions that nobody on the other side has, or that are named twice, or oneself."""
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


def _pairs(rows: Any, key: str, people: Mapping[str, Sequence[Person]], wrong: list[Finding]) -> Pairs:
    """Pairs that were accepted or proposed before, for `rolling`."""
    mentees, mentors = ({one.id for one in people[side]} for side in ("mentees", "mentors"))
    found = dict[tuple[str, str], None]()
    for at, row in enumerate(rows if isinstance(rows, list | tuple) else [rows]):
        pair = (str(row.get("mentee")), str(row.get("mentor"))) if isinstance(row, dict) else ("", "")
        if pair[0] not in mentees or pair[1] not in mentors:
            wrong.append(Finding(f"{key}[{at}]", "must be an object with the ids of a mentee and a mentor"))
        elif pair in found:
            wrong.append(Finding(f"{key}[{at}]", f"{pair[0]} with {pair[1]} is named twice: name each pair once"))
        else:
            found[pair] = None
    return tuple(found)


def _scores(
    rows: object, people: Mapping[str, Sequence[Person]], wrong: list[Finding]
) -> dict[tuple[str, str], float] | None:
    if rows is None:
        return None
    if not isinstance(rows, list):
        wrong.append(Finding("scores", "must be a list of objects with mentee, mentor and score"))
        return None
    mentees, mentors = ({one.id for one in people[side]} for side in ("mentees", "mentors"))
    scores = dict[tuple[str, str], float]()
    for at, row in enumerate(rows):
        if not isinstance(row, dict):
            wrong.append(Finding(f"scores[{at}]", "must be an object with mentee, mentor and score"))
            continue
        mentee, mentor, score = _id(row.get("mentee")), _id(row.get("mentor")), row.get("score")
        problems = [
            Finding(f"scores[{at}].{field}", f"{id!r} is nobody of the {field}s: name one of their ids")
            for field, id, known in (("mentee", mentee, mentees), ("mentor", mentor, mentors))
            if not isinstance(id, str) or id not in known
        ]
        if not _is_score(score):
            problems.append(
                Finding(f"scores[{at}].score", f"must be a number from 0 to a thousand million, not {score!r}")
            )
        elif not problems and (mentee, mentor) in scores:
            problems.append(Finding(f"scores[{at}]", f"{mentee} with {mentor} is scored twice: give one score"))
        if problems:
            wrong += problems
        else:
            scores[str(mentee), str(mentor)] = float(row["score"])
    return scores


def _is_score(score: object) -> bool:
    if isinstance(score, bool) or not isinstance(score, int | float):
        return False
    return math.isfinite(score) and 0 <= score <= 1e9
