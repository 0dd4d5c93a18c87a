"""What forbids a pair, whatever its score. What a person did not state forbids nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.criteria import table
from services.matching.algorithm.pairs import Indexes, rows_and_columns
from services.matching.algorithm.people import Person
from services.matching.algorithm.program import Constraints

Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
Words = tuple[str, ...]

NO_COMMON_LANGUAGE = "no_common_language"
OTHER_PLACE = "other_place"
OTHER_REGION = "other_region"
OTHER_ORGANIZATION = "other_organization"
SAME_ORGANIZATION = "same_organization"
COMPETITORS = "competitors"
SAME_PERSON = "same_person"
REPORTING_LINE = "reporting_line"
EXCLUDED = "excluded"
FAILED_BEFORE = "failed_before"
TOO_LITTLE_TIME = "too_little_time"
SCORE_TOO_LOW = "score_too_low"


class Rule(NamedTuple):
    """Two people must share a word, or must not."""

    code: str
    mentee: Callable[[Person], Words]
    mentor: Callable[[Person], Words]
    must_share: bool = True


def rules(constraints: Constraints) -> list[Rule]:
    """List the rules on words that a program has."""
    found = list[Rule]()
    if constraints.common_language:
        found.append(Rule(NO_COMMON_LANGUAGE, _languages, _languages))
    if constraints.place:
        found.append(Rule(OTHER_PLACE, _reach, _reach))
    if constraints.same_region:
        found.append(Rule(OTHER_REGION, _region, _region))
    if constraints.organizations == "same":
        found.append(Rule(OTHER_ORGANIZATION, _organization, _organization))
    if constraints.organizations == "other":
        found.append(Rule(SAME_ORGANIZATION, _organization, _organization, must_share=False))
    if constraints.competitors:
        found.append(Rule(COMPETITORS, _rivals_of(constraints), _organization, must_share=False))
    return found


def _languages(person: Person) -> Words:
    return tuple(sorted(person.languages))


def _organization(person: Person) -> Words:
    return (person.organization,) if person.organization else ()


def _region(person: Person) -> Words:
    return (person.region,) if person.region else ()


def _reach(person: Person) -> Words:
    """Where somebody can meet: at a place, or remotely, or unknown."""
    if person.is_remote is None or (not person.place and not person.is_remote):
        return ()
    return (f"at {person.place}",) * bool(person.place) + ("remote",) * person.is_remote


def _rivals_of(constraints: Constraints) -> Callable[[Person], Words]:
    rivals = dict[str, set[str]]()
    for group in constraints.competitors:
        for one in group:
            rivals.setdefault(one, set()).update({*group} - {one})
    return lambda person: tuple(sorted(rivals.get(person.organization or "", ())))


@dataclass(frozen=True)
class Compiled:
    """A rule for all classes of people: who has which word, and who stated none."""

    code: str
    mentees: Floats
    mentors: Floats
    must_share: bool

    def allows(self, classes: Indexes) -> Flags:
        """Some classes of mentees with all classes of mentors."""
        mine = self.mentees[classes]
        shared: Flags = mine @ self.mentors.T > 0
        if not self.must_share:
            return ~shared
        mine_unstated, theirs_unstated = mine.sum(axis=1) == 0, self.mentors.sum(axis=1) == 0
        allowed: Flags = shared | mine_unstated[:, None] | theirs_unstated
        return allowed


class Classes:
    """People who are alike to every rule make up a class, so that rules are applied to classes and not to pairs."""

    def __init__(self, mentees: Sequence[Person], mentors: Sequence[Person], constraints: Constraints) -> None:
        kept = rules(constraints)
        here, self.of_mentees = _classes([[rule.mentee(one) for rule in kept] for one in mentees])
        there, self.of_mentors = _classes([[rule.mentor(one) for rule in kept] for one in mentors])
        self.rules = [
            _compile(rule, [words[at] for words in here], [words[at] for words in there])
            for at, rule in enumerate(kept)
        ]
        self.count = len(there)

    def allows(self, classes: Indexes) -> Flags:
        """Some classes of mentees with all classes of mentors, by all rules."""
        allowed = np.ones((len(classes), self.count), dtype=bool)
        for rule in self.rules:
            allowed &= rule.allows(classes)
        return allowed


def _classes(words: Sequence[Sequence[Words]]) -> tuple[list[tuple[Words, ...]], Indexes]:
    """The different ones in an order in which similar ones are near each other, and which one each is."""
    keys = [tuple(one) for one in words]
    classes = sorted({*keys})
    number = {one: at for at, one in enumerate(classes)}
    return list(classes), np.fromiter((number[one] for one in keys), dtype=np.int64, count=len(keys))


def _compile(rule: Rule, here: Sequence[Words], there: Sequence[Words]) -> Compiled:
    column = {word: at for at, word in enumerate(sorted({word for words in (*here, *there) for word in words}))}
    return Compiled(rule.code, table(here, column, 1), table(there, column, 1), rule.must_share)


def barred(
    mentees: Sequence[Person], mentors: Sequence[Person], constraints: Constraints
) -> dict[str, tuple[Indexes, Indexes]]:
    """Single pairs that are forbidden, by the code of the reason: mentees and mentors, sorted by mentee."""
    row, column = ({one.id: at for at, one in enumerate(side)} for side in (mentees, mentors))
    rows, columns = _by_human(mentees), _by_human(mentors)
    pairs = {
        SAME_PERSON: ((here, there) for human in rows for here in rows[human] for there in columns.get(human, ())),
        REPORTING_LINE: _lines(mentees, mentors, rows, columns),
        EXCLUDED: _named((*constraints.excluded, *_excluded(mentees, mentors)), row, column),
        FAILED_BEFORE: _named(constraints.failed, row, column),
    }
    return {code: _sorted(found) for code, found in pairs.items()}


def _by_human(people: Sequence[Person]) -> dict[str, list[int]]:
    found = dict[str, list[int]]()
    for at, one in enumerate(people):
        found.setdefault(one.human, []).append(at)
    return found


def _lines(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    rows: Mapping[str, list[int]],
    columns: Mapping[str, list[int]],
) -> Iterator[tuple[int, int]]:
    """A manager or the manager's manager, and whoever reports so."""
    nearest = {one.human: one.managers for one in (*mentees, *mentors) if one.managers}
    if not nearest:
        return

    def line(person: Person) -> set[str]:
        above = person.managers[:2] or nearest.get(person.human, ())[:2]
        return {*above, *(skip for manager in above[:1] for skip in nearest.get(manager, ())[:1])}

    for here, mentee in enumerate(mentees):
        yield from ((here, there) for human in line(mentee) for there in columns.get(human, ()))
    for there, mentor in enumerate(mentors):
        yield from ((here, there) for human in line(mentor) for here in rows.get(human, ()))


def _excluded(mentees: Sequence[Person], mentors: Sequence[Person]) -> Iterator[tuple[str, str]]:
    yield from ((one.id, id) for one in mentees for id in one.excludes)
    yield from ((id, one.id) for one in mentors for id in one.excludes)


def _named(
    pairs: Iterable[tuple[str, str]], row: Mapping[str, int], column: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    return ((row[one], column[other]) for one, other in pairs if one in row and other in column)


def _sorted(pairs: Iterable[tuple[int, int]]) -> tuple[Indexes, Indexes]:
    return rows_and_columns(sorted({*pairs}))
