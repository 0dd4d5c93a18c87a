"""What a criterion rests on is said as people write, whatever was folded to compare it."""

from dataclasses import replace

import pytest

from services.matching.algorithm.evidence import WORDS, Evidence, Values, compared, spelling
from services.matching.algorithm.people import fold
from tests.services.matching.algorithm.people import person

VALUES: Values = {
    "common": ("SQL",),
    "wanted": ("Go",),
    "mentor": 1.0,
    "mentee": 0.5,
    "hours": 1.0,
    "rank": 2.0,
    "of": 3.0,
}


@pytest.mark.parametrize("code", WORDS)
def test_one_of_something_is_no_plural(code: str) -> None:
    assert not {"years", "hours"} & {*Evidence(code, VALUES).words.split()}


def test_hours_and_years_are_counted() -> None:
    assert Evidence("hours_apart", {"hours": 2.5}).words == "2.5 hours apart"
    assert Evidence("years", {"mentor": 15.0, "mentee": 1.0}).words == "15 years of experience, the mentee 1"


def test_words_are_compared_folded_and_told_as_they_were_written() -> None:
    mentee, mentor = person("n", goals=["Switch  career to IT", "lead"]), person("m", goals=["switch career to it"])
    found = compared(mentee.goals, mentor.goals)
    assert found == Evidence("in_common", {"common": ("Switch career to IT",), "wanted": ("lead",)})


def test_a_copy_of_a_person_knows_how_words_were_written() -> None:
    copied = replace(person("n", goals=["Lead IT"], industry="IT", answers={"areas": ["UX"]}), capacity=2)
    assert [spelling(word) for word in (*copied.goals, copied.industry or "")] == ["Lead IT", "IT"]
    assert [spelling(word) for word in copied.answers["areas"]] == ["UX"]  # type: ignore[union-attr]  # words


def test_a_word_is_the_same_word_in_any_spelling() -> None:
    assert {fold("Python"), fold("PYTHON"), fold("python")} == {"python"}
    assert spelling(fold("\uff29\uff34")) == "IT", "wide letters are letters"
