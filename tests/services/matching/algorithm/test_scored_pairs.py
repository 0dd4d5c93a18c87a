"""Scores are whole numbers that depend on nothing but what two people stated."""

from random import Random
from typing import Any

import numpy as np
import pytest

from services.matching.algorithm import score_parts, scored_pairs
from services.matching.algorithm.people import Person
from services.matching.algorithm.scored_pairs import ScoredPairs
from tests.services.matching.algorithm.people import person, points, pool, score

SKILLS = {"weights": {"skills": 1}}


def test_the_score_is_the_share_of_what_is_wanted() -> None:
    assert score({"skills": ["python", "sql"]}, {"skills": ["sql", "go"]}, **SKILLS) == 0.5
    assert points({"skills": ["python", "sql", "go"]}, {"skills": ["go", "sql", "python"]}, **SKILLS) == 1_000_000


def test_a_skill_of_the_same_kind_counts_half() -> None:
    program = SKILLS | {"kinds": {"skills": {"backend": ["java", "python"]}}}
    assert score({"skills": ["java"]}, {"skills": ["python"]}, **program) == 0.5
    assert score({"skills": ["java"]}, {"skills": ["python", "java"]}, **program) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PYTHON", "python"),
        ("\uff30\uff39\uff34\uff28\uff2f\uff2e", "python"),
        ("Straße", "STRASSE"),
        ("Zoe\u0308", "Zo\u00eb"),
    ],
)
def test_words_are_equal_whatever_their_case_width_and_accents(one: str, other: str) -> None:
    assert score({"skills": [one]}, {"skills": [other]}, **SKILLS) == 1


@pytest.mark.parametrize(
    ("mine", "theirs", "wished", "expected"),
    [(2, 7, 5, 1), (2, 4, 5, 0.4), (2, 12, 5, 1), (5, 2, 5, 0), (9, 3, -6, 1), (4, 6, 0, 0.8)],
)
def test_seniority_is_the_share_of_the_wished_gap(mine: int, theirs: int, wished: int, expected: float) -> None:
    mentee = {"years": float(mine), "wished_gap_years": float(wished)}
    assert score(mentee, {"years": float(theirs)}, weights={"seniority": 1}) == pytest.approx(expected, abs=0.001)


def test_the_place_counts_half_and_the_region_half() -> None:
    berlin, potsdam = {"place": "Berlin", "region": "DE"}, {"place": "Potsdam", "region": "DE"}
    assert score(berlin, berlin, weights={"location": 1}) == 1
    assert score(berlin, potsdam, weights={"location": 1}) == 0.5


@pytest.mark.parametrize(
    ("zones", "expected"),
    [(("Europe/Berlin", "Europe/London"), 1 - 1 / 12), (("Pacific/Kiritimati", "Pacific/Honolulu"), 1)],
)
def test_clocks_that_show_the_same_time_are_best(zones: tuple[str, str], expected: float) -> None:
    assert score({"time_zone": zones[0]}, {"time_zone": zones[1]}, weights={"zone": 1}) == pytest.approx(
        expected, abs=0.001
    )


@pytest.mark.parametrize(("answer", "expected"), [(5.0, 1), (4.0, 0.75), (1.0, 0)])
def test_a_scale_counts_how_near_the_answers_are(answer: float, expected: float) -> None:
    questions = [{"name": "pace", "kind": "scale", "weight": 1}]
    assert score({"answers": {"pace": 5.0}}, {"answers": {"pace": answer}}, weights={}, questions=questions) == expected


def test_own_questions_compare_single_words_or_shares_of_them() -> None:
    questions = [{"name": "topic", "kind": "overlap", "weight": 1}]
    assert (
        score({"answers": {"topic": ["a", "b"]}}, {"answers": {"topic": ["b", "c"]}}, weights={}, questions=questions)
        == 0.5
    )
    questions = [{"name": "pet", "kind": "equal", "weight": 1}]
    assert score({"answers": {"pet": "Cat"}}, {"answers": {"pet": "cat"}}, weights={}, questions=questions) == 1


def test_preferences_of_either_side_count_by_their_rank() -> None:
    both = {"prefers": ["mentor", "other"]}, {"prefers": [["mentee", "third"]]}
    assert score(*both, weights={"preference": 1}) == 1
    assert score({"prefers": ["other", "mentor"]}, {}, weights={"preference": 1}) == pytest.approx(0.5, abs=0.01)
    assert score({"prefers": ["other"]}, {}, weights={"preference": 1}) == 0


def test_what_a_side_did_not_state_does_not_count() -> None:
    weights = {"skills": 1, "goals": 1}
    assert score({"skills": ["a"], "goals": ["x"]}, {"skills": ["a"]}, weights=weights) == 1
    assert score({"skills": ["a"], "goals": ["x"]}, {"skills": ["a"], "goals": ["y"]}, weights=weights) == 0.5


def test_with_little_data_a_score_shrinks_towards_the_prior() -> None:
    weights = {"skills": 1, "goals": 3}
    assert score({"skills": ["a"]}, {"skills": ["a"]}, weights=weights) == 0.75
    assert score({}, {}, weights=weights) == 0.5


def test_pairs_nobody_stated_anything_about_are_no_data_and_not_a_number() -> None:
    pairs = ScoredPairs(pool([person("a")], [person("b")]))
    assert score_parts.coverage(pairs, 0, 0) == 0
    assert all(part.value is None for part in score_parts.parts(pairs, 0, 0))


WORDS = ["a", "b", "c", "d", "e"]
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", None]


def somebody(id: str, random: Random) -> Person:
    """Anybody who states anything."""
    stated: dict[str, Any] = {
        "skills": random.sample(WORDS, random.randint(0, 4)),
        "goals": random.sample(WORDS, random.randint(0, 2)),
        "languages": random.sample(["en", "de", "it"], random.randint(0, 2)),
        "years": random.choice([None, 1.0, 5.0, 12.5]),
        "time_zone": random.choice(ZONES),
        "availability": random.sample(["Mon 09:00-11:00", "Sun 20:00-24:00", "Wed 10:00-10:45"], random.randint(0, 2)),
        "place": random.choice([None, "Rome", "Oslo"]),
        "is_remote": random.choice([None, True, False]),
        "prefers": [f"{'n' if id[0] == 'm' else 'm'}{random.randint(0, 40)}"] if random.random() < 0.3 else [],
    }
    return person(id, **stated)


def crowd(seed: int, mentees: int = 60, mentors: int = 40, **program: Any) -> ScoredPairs:
    random = Random(seed)
    return ScoredPairs(
        pool(
            [somebody(f"n{at}", random) for at in range(mentees)],
            [somebody(f"m{at}", random) for at in range(mentors)],
            **program,
        )
    )


def table(pairs: ScoredPairs) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    """All points."""
    whole = np.full((len(pairs.mentees), len(pairs.mentors)), -1, dtype=np.int32)
    for block in pairs.blocks():
        whole[np.ix_(block.rows, block.columns)] = block.points
    return whole


@pytest.mark.parametrize("seed", range(4))
def test_the_size_of_the_blocks_changes_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = crowd(seed, constraints={"overlap_hours": 0.5})
    whole = table(pairs)
    monkeypatch.setattr(scored_pairs, "ROWS_AT_ONCE", (1, 1, 1))
    monkeypatch.setattr(scored_pairs, "REMEMBERED", 0)
    monkeypatch.setattr(scored_pairs, "TILE", 3)
    assert (table(pairs) == whole).all()
    for row in range(0, 60, 7):
        block = pairs.block(np.array([row]))
        assert (whole[row, block.columns] == block.points[0]).all()


@pytest.mark.parametrize("seed", range(4))
def test_the_parts_of_a_score_add_up_to_it(seed: int) -> None:
    pairs = crowd(seed)
    whole = table(pairs)
    for row, column in zip(*np.nonzero(whole >= 0), strict=True):
        parts = sum(part.contribution for part in score_parts.parts(pairs, row, column)) + score_parts.prior(
            pairs, row, column
        )
        assert parts == pytest.approx(whole[row, column] / 1_000_000, abs=2e-6)


def test_scores_do_not_depend_on_who_else_is_there() -> None:
    pairs = crowd(1)
    whole, some = table(pairs), [3, 17, 30]
    alone = ScoredPairs(pool([pairs.mentees[at] for at in some], [pairs.mentors[at] for at in some]))
    rows = [alone.mentees.index(pairs.mentees[at]) for at in some]
    columns = [alone.mentors.index(pairs.mentors[at]) for at in some]
    assert (table(alone)[np.ix_(rows, columns)] == whole[np.ix_(some, some)]).all()
