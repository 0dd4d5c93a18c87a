"""Synthetic people: 200 skills by Zipf's law, capacities from 1 to 3, about a fifth of the pairs allowed."""

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.people import Person
from services.matching.algorithm.program import Program

PERSON = TypeAdapter(Person)
SKILLS, GOALS, CITIES = 200, 12, 40
LANGUAGES = ("en", "de", "it", "fr", "es", "hi", "pt", "pl")
ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata", "Africa/Lagos")
TIMES = (
    "Mon 18:00-20:00",
    "Tue 18:00-20:00",
    "Wed 12:00-14:00",
    "Thu 17:00-19:00",
    "Fri 15:00-17:00",
    "Sat 10:00-12:00",
)


def zipf(count: int) -> NDArray[np.float64]:
    weights = 1 / np.arange(1, count + 1)
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def people(random: np.random.Generator, count: int, prefix: str, is_mentor: bool) -> tuple[Person, ...]:
    """So many of one side."""

    def some(words: int, least: int, most: int) -> list[int]:
        size = int(random.integers(least, most))
        return [int(one) for one in random.choice(words, size=size, replace=False, p=zipf(words))]

    def one(at: int) -> Person:
        city = int(random.integers(0, CITIES))
        return PERSON.validate_python(
            {
                "id": f"{prefix}{at}",
                "capacity": int(random.integers(1, 4)) if is_mentor else 1,
                "skills": [f"skill {skill}" for skill in some(SKILLS, 2, 7)],
                "goals": [f"goal {goal}" for goal in some(GOALS, 1, 3)],
                "years": float(random.integers(5, 31) if is_mentor else random.integers(0, 11)),
                "languages": [LANGUAGES[language] for language in some(len(LANGUAGES), 1, 3)],
                "time_zone": ZONES[int(random.integers(0, len(ZONES)))],
                "availability": [TIMES[slot] for slot in some(len(TIMES), 2, 3)],
                "place": f"city {city}",
                "is_remote": bool(city % 4),
            }
        )

    return tuple(one(at) for at in range(count))


def crowd(mentees: int, mentors: int) -> Pool:
    """A pool that is the same every time."""
    random = np.random.default_rng(7)
    return Pool(
        mentees=people(random, mentees, "n", is_mentor=False),
        mentors=people(random, mentors, "m", is_mentor=True),
        program=Program(),
    )
