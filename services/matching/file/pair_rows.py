"""The pairs in a file: their scores, and who was accepted or proposed before."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from services.matching.algorithm.people import Person
from services.matching.file.findings import Finding
from services.matching.file.person_rows import id_of

Pairs = tuple[tuple[str, str], ...]


def read_pairs(rows: Any, key: str, people: Mapping[str, Sequence[Person]], wrong: list[Finding]) -> Pairs:
    """Read pairs that were accepted or proposed before, for `rolling`."""
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


def read_scores(
    rows: object, people: Mapping[str, Sequence[Person]], wrong: list[Finding]
) -> dict[tuple[str, str], float] | None:
    """Read the scores of pairs; None if the file has none."""
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
        mentee, mentor, score = id_of(row.get("mentee")), id_of(row.get("mentor")), row.get("score")
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
