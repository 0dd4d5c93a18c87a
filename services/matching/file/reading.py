"""A file of people as a problem, or every place at which it is wrong."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from services.matching.algorithm import problem
from services.matching.algorithm.people import Person
from services.matching.algorithm.pool import Pool
from services.matching.algorithm.problem import TAKEN_AS_GIVEN, Problem
from services.matching.algorithm.program import Program
from services.matching.file.findings import BadInput, Finding, findings

PERSON = TypeAdapter(Person)
KNOWN = {field.name for field in fields(Person)}
OF_ANY_FORM = {"id", "capacity", "person", "name", "prefers", "groups", "excludes", "is_eligible"}
SIDES = ("mentors", "mentees")

Document = Mapping[str, Any]
Pairs = tuple[tuple[str, str], ...]


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
    except RecursionError as error:
        raise BadInput([Finding(name, "is nested too deeply: give an object with mentors and mentees")]) from error
    if not isinstance(document, dict):
        raise BadInput([Finding(name, "must be a JSON object with mentors and mentees")])
    return document


def read(document: Document, seed: int = 0) -> Read:
    """The problem of a document; raises `BadInput` with all that is wrong."""
    wrong, notes = list[Finding](), list[str]()
    people = {side: _people(document, side, wrong, notes) for side in SIDES}
    program = _program(document, wrong)
    notes += [f"{key} is not used" for key in document.keys() - {*SIDES, "program", "scores", "accepted", "proposed"}]
    wrong += _strangers(people)
    scores = _scores(document.get("scores"), people, wrong)
    accepted, proposed = (_pairs(document.get(key, ()), key, people, wrong) for key in ("accepted", "proposed"))
    if wrong:
        raise BadInput(wrong)
    try:
        pool = Pool(mentors=people["mentors"], mentees=people["mentees"], program=program, seed=seed)
    except ValidationError as error:
        raise BadInput(findings("file", error)) from error
    return Read(_stated(document, pool, scores), tuple(dict.fromkeys(notes)), accepted, proposed)


def _stated(document: Document, pool: Pool, scores: Mapping[tuple[str, str], float] | None) -> Problem:
    objective = pool.program.objective if "objective" in (document.get("program") or {}) else TAKEN_AS_GIVEN
    if scores is not None:
        return problem.of_scores(pool, scores, objective)
    if "program" not in document and _only_rank(document):
        return problem.of_rankings(pool, objective)
    return problem.of_profiles(pool)


def _only_rank(document: Document) -> bool:
    """Whether people say whom they prefer, and nothing else that could be compared."""
    stated = {key for side in SIDES for one in document[side] for key in one}
    return "prefers" in stated and not stated & (KNOWN - OF_ANY_FORM)


def _people(document: Document, side: str, wrong: list[Finding], notes: list[str]) -> tuple[Person, ...]:
    rows = document.get(side)
    if not isinstance(rows, list):
        wrong.append(Finding(side, "must be a list of objects with id and capacity"))
        return ()
    people, place_of = list[Person](), dict[str, int]()
    for at, row in enumerate(rows):
        place = f"{side}[{at}]"
        if not isinstance(row, dict):
            wrong.append(Finding(place, "must be an object with an id"))
            continue
        notes += [f"{side}: {key} is not used" for key in row.keys() - KNOWN - {"email"}]
        try:
            person = PERSON.validate_python({key: _named(key, one) for key, one in row.items() if key in KNOWN})
        except ValidationError as error:
            wrong += findings(place, error)
            continue
        if person.id in place_of:
            wrong.append(
                Finding(f"{place}.id", f"{person.id!r} is also {side}[{place_of[person.id]}]: give each an id")
            )
        place_of.setdefault(person.id, at)
        people.append(person)
    return tuple(people)


def _named(key: str, value: object) -> object:
    """Ids may be written as whole numbers."""
    if key in {"id", "person"}:
        return _id(value)
    if key in {"prefers", "managers", "excludes"} and isinstance(value, list):
        return [[_id(one) for one in tier] if isinstance(tier, list) else _id(tier) for tier in value]
    return value


def _id(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _program(document: Document, wrong: list[Finding]) -> Program:
    try:
        return Program.model_validate(document.get("program") or {})
    except ValidationError as error:
        wrong += findings("program", error)
        return Program()


def _strangers(people: Mapping[str, Sequence[Person]]) -> list[Finding]:
    """Ids in preferences and exclusions that nobody on the other side has."""
    found = list[Finding]()
    for side, other in (SIDES, SIDES[::-1]):
        known = {one.id for one in people[other]}
        for at, person in enumerate(people[side]):
            ranked = [id for tier in person.prefers for id in tier]
            for field, ids in (("prefers", ranked), ("excludes", person.excludes)):
                place = f"{side}[{at}].{field}"
                found += [
                    Finding(place, f"{id!r} is nobody of the {other}: name their ids") for id in ids if id not in known
                ]
            if len({*ranked}) < len(ranked):
                found.append(Finding(f"{side}[{at}].prefers", "names somebody twice: name each once"))
    return found


def _pairs(rows: Any, key: str, people: Mapping[str, Sequence[Person]], wrong: list[Finding]) -> Pairs:
    """Pairs that were accepted or proposed before, for `rolling`."""
    mentees, mentors = ({one.id for one in people[side]} for side in ("mentees", "mentors"))
    found = list[tuple[str, str]]()
    for at, row in enumerate(rows if isinstance(rows, list | tuple) else [rows]):
        pair = (str(row.get("mentee")), str(row.get("mentor"))) if isinstance(row, dict) else ("", "")
        if pair[0] in mentees and pair[1] in mentors:
            found.append(pair)
        else:
            wrong.append(Finding(f"{key}[{at}]", "must be an object with the ids of a mentee and a mentor"))
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
        elif (mentee, mentor) in scores:
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
