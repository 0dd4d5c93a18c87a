"""The criteria that a program can weigh, each a few lines. A new one is a function here and its place in `criteria`."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.availability import quarters_ahead
from services.matching.algorithm.criteria import Criterion, Levels, Preference, Wanted
from services.matching.algorithm.evidence import ANSWERS, HOURS_APART, SAME_CLOCK, YEARS, Evidence, Spelled, spelling
from services.matching.algorithm.people import Person
from services.matching.algorithm.program import Program, Question


def _one(word: str | None) -> tuple[str, ...]:
    return (word,) if word else ()


def _where(person: Person) -> tuple[str, ...]:
    region = person.region and Spelled(f"region {person.region}", f"region {spelling(person.region)}")
    return _one(person.place) + _one(region)


def seniority(wished: float) -> Levels:
    """Compare how much of the wished gap in years the mentor is ahead; more is as good, unless peers are wished."""

    def value(gap: NDArray[np.float64], wish: NDArray[np.float64]) -> NDArray[np.float64]:
        peers: NDArray[np.float64] = 1 - np.abs(gap) / 10
        ahead: NDArray[np.float64] = gap / np.where(wish == 0, 1, wish)
        return np.where(wish == 0, peers, ahead)

    def says(mine: float, theirs: float) -> Evidence:
        return Evidence(YEARS, {"mentor": theirs, "mentee": mine})

    def wish(mentee: Person) -> float:
        return wished if mentee.wished_gap_years is None else mentee.wished_gap_years

    return Levels("seniority", lambda one: one.years, lambda one: one.years, value, says, wish)


def clocks(program: Program) -> Levels:
    """Compare clocks: 1 for the same time of day, 0 for twelve hours apart."""

    def hours(person: Person) -> float | None:
        return quarters_ahead(person.time_zone, program.starts) / 4 if person.time_zone else None

    def value(apart: NDArray[np.float64], _: NDArray[np.float64]) -> NDArray[np.float64]:
        hours = np.abs(apart)
        near: NDArray[np.float64] = 1 - np.minimum(hours, 24 - hours) / 12
        return near

    def says(mine: float, theirs: float) -> Evidence:
        apart = min(abs(mine - theirs), 24 - abs(mine - theirs))
        return Evidence(HOURS_APART, {"hours": apart}) if apart else Evidence(SAME_CLOCK)

    return Levels("zone", hours, hours, value, says)


def scale(question: Question) -> Levels:
    """Compare how near two answers are on a scale."""
    length = question.highest - question.lowest

    def answer(person: Person) -> float | None:
        given = person.answers.get(question.name)
        return min(max(given, question.lowest), question.highest) if isinstance(given, int | float) else None

    def value(apart: NDArray[np.float64], _: NDArray[np.float64]) -> NDArray[np.float64]:
        return 1 - np.abs(apart) / length

    def says(mine: float, theirs: float) -> Evidence:
        return Evidence(ANSWERS, {"mentor": theirs, "mentee": mine})

    return Levels(question.name, answer, answer, value, says)


def choice(question: Question) -> Wanted:
    """Compare answers that are words: whether they are equal, or how many of the mentee's the mentor gave, too."""

    def answer(person: Person) -> tuple[str, ...]:
        given = person.answers.get(question.name, ())
        return given if isinstance(given, tuple) else _one(str(given))

    return Wanted(question.name, answer, answer)


def criteria(program: Program) -> list[tuple[Criterion, float]]:
    """List the criteria that count in a program with their weights, in the order in which reasons are given.

    Availability is not among them: it has no tables, see `scoring`.
    """

    def words(code: str, of: Callable[[Person], tuple[str, ...]]) -> Wanted:
        return Wanted(code, of, of, program.kinds.get(code, {}))

    known: list[Criterion] = [
        words("skills", lambda one: one.skills),
        words("goals", lambda one: one.goals),
        seniority(program.wished_gap_years),
        Wanted("language", lambda one: one.languages[:1], lambda one: one.languages),
        Wanted("location", _where, _where),
        words("industry", lambda one: _one(one.industry)),
        words("interests", lambda one: one.interests),
        words("roles", lambda one: one.roles),
        words("style", lambda one: _one(one.style)),
        clocks(program),
    ]
    weighted = [(one, program.weights.get(one.code, 0.0)) for one in known]
    preference = program.weights.get("preference", 0.0) / 2
    weighted += [
        (Preference("mentee_preference", True), preference),
        (Preference("mentor_preference", False), preference),
    ]
    weighted += [(scale(one) if one.kind == "scale" else choice(one), one.weight) for one in program.questions]
    return [(criterion, weight) for criterion, weight in weighted if weight]
