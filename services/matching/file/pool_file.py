"""A file of people as a problem, or everything that is wrong with it, and where."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from pydantic import ValidationError

from services.matching.algorithm import problem
from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.problem import TAKEN_AS_GIVEN, Problem
from services.matching.algorithm.program import Program
from services.matching.algorithm.unmatched import PAIR_WORDS
from services.matching.algorithm.what_if import forbidden
from services.matching.file.findings import BadInput, Finding, findings
from services.matching.file.notes import Note, lines
from services.matching.file.pair_rows import Pairs, read_pairs, read_scores
from services.matching.file.person_fields import IN_TABLES
from services.matching.file.person_rows import (
    SIDES,
    Document,
    find_absent,
    find_misnamed,
    read_people,
    with_kinds_read,
)
from services.matching.file.references import People

BESIDE = {"program", "scores", "accepted", "proposed"}
OF_ANY_FORM = {
    "id", "email", "person", "name", "capacity", "seats", "mentors", "format", "prefers", "groups", "excludes",
    "is_eligible", "has_somebody",
}  # fmt: skip


class Read(NamedTuple):
    """A problem, and what was in the file and is not used."""

    problem: Problem
    notes: tuple[str, ...]
    accepted: Pairs
    proposed: Pairs


def parse(text: str, name: str) -> Document:
    """Parse the JSON object in a text; raises `BadInput`."""
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
    """Read the problem that a document states; raises `BadInput` with all that is wrong."""
    wrong, notes = list[Finding](), list[Note]()
    program = _program(document, wrong)
    entrants = People({side: read_people(document, side, program, wrong, notes) for side in SIDES})
    people = entrants.resolve(wrong, notes)
    notes += find_absent(program, entrants)
    program = entrants.named_in(program)
    notes += [Note("", f"{key} is not used") for key in sorted(document.keys() - {*SIDES, *BESIDE})]
    wrong += find_misnamed(entrants.sides, people)
    scores = read_scores(document.get("scores"), people, wrong)
    accepted, proposed = (read_pairs(document.get(key, ()), key, people, wrong) for key in ("accepted", "proposed"))
    if wrong:
        raise BadInput(wrong)
    try:
        pool = Pool(mentors=people["mentors"], mentees=people["mentees"], program=program, seed=seed)
    except ValidationError as error:
        raise BadInput(findings("file", error)) from error
    found = _stated(document, pool, scores)
    proposed = _still_allowed(found, accepted, proposed, notes)
    return Read(found, tuple(lines(notes)), accepted, proposed)


def _still_allowed(found: Problem, accepted: Pairs, proposed: Pairs, notes: list[Note]) -> Pairs:
    """Sort out proposals that may not stay; raises `BadInput` for accepted pairs that may not be, or are too many."""
    banned = forbidden(found, (*accepted, *proposed)) if accepted or proposed else {}
    reasons = {pair: PAIR_WORDS[code].format(*pair) for pair, code in banned.items()}
    wrong = [
        Finding(f"accepted[{at}]", f"{reasons[pair]}: take the pair out, or relax the constraint")
        for at, pair in enumerate(accepted)
        if pair in banned
    ]
    notes += [
        Note("", f"{one} with {other} is proposed no more: {reasons[one, other]}")
        for one, other in proposed
        if (one, other) in banned
    ]
    kept = tuple(pair for pair in proposed if pair not in banned)
    for at, side in enumerate(("mentees", "mentors")):
        times = Counter(pair[at] for pair in (*accepted, *kept))
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
    """Whether people state whom they prefer, and nothing else that could be compared."""
    stated = {key for side in SIDES for one in document[side] for key in one}
    return "prefers" in stated and not any(
        key in IN_TABLES - OF_ANY_FORM or key.startswith("answer:") for key in stated
    )


def _program(document: Document, wrong: list[Finding]) -> Program:
    try:
        return with_kinds_read(Program.model_validate(document.get("program", {})))
    except ValidationError as error:
        wrong += findings("program.", error)
        return Program()
