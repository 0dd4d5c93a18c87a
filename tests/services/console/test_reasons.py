"""Every reason that matching has is said by the pages, in each language, as people write."""

from typing import Any, cast

import pytest

from services.console.frame.page import Page
from services.console.frame.texts import LOCALES, Texts, texts
from services.console.reasons import CRITERIA, FACTS, UNMATCHED, Fact, Reason, say_fact, say_unmatched
from services.matching.algorithm.evidence import Evidence
from services.matching.pool.model.program_criteria import WEIGHTS
from services.matching.proposals.model.explanations import REASONS, FactView

FIGURES = {"mentors": 2, "mentees": 1, "seats": 1, "no_common_language": 3, "score_too_low": 1}


class Reading:
    """Somebody who reads a page in a language."""

    def __init__(self, language: str) -> None:
        self.texts: Texts = texts(language)
        self.say, self.say_number = self.texts.say, self.texts.say_number


def reading(language: str) -> Page:
    return cast(Page, Reading(language))


def reason(code: str, **values: Any) -> Reason:
    """A reason as the API answers it."""
    shown = FactView.of(Evidence(code, values)).model_dump_json()
    fact = Fact.model_validate_json(shown)
    return Reason(criterion="zone", value=1, weight=1, contribution=1, words="as the service says it", fact=fact)


def test_what_is_compared_and_why_somebody_has_nobody_have_words() -> None:
    assert CRITERIA.keys() == WEIGHTS.keys()
    assert UNMATCHED.keys() == REASONS.keys()


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("code", REASONS)
def test_why_somebody_has_nobody_is_a_sentence_in_each_language(code: str, language: str) -> None:
    said = say_unmatched(reading(language), code, FIGURES, "as the service says it")
    assert said.endswith(".")
    assert said != "as the service says it"
    assert (said == say_unmatched(reading("en"), code, FIGURES, "")) == (language == "en")


def test_what_two_state_is_said_in_the_language_of_the_reader() -> None:
    wanted = reason("in_common", common=("IT",), wanted=("Rust", "Go"))
    assert say_fact(reading("en"), wanted) == "In common: IT. Also wanted: Rust, Go"
    assert say_fact(reading("de"), wanted) == "Gemeinsam: IT. Außerdem gewünscht: Rust, Go"
    assert say_fact(reading("it"), reason("hours_apart", hours=1.0)) == "1 ora di differenza"
    assert say_fact(reading("de"), reason("hours_apart", hours=5.5)) == "5,5 Stunden auseinander"
    assert say_fact(reading("en"), reason("years", mentor=1.0, mentee=0.5)) == (
        "One year of experience, the mentee 0.5"
    )


@pytest.mark.parametrize("code", FACTS)
def test_each_fact_is_said_otherwise_in_each_language(code: str) -> None:
    values = {"common": ("A",), "wanted": ("B",), "mentor": 2.0, "mentee": 1.0, "hours": 2.0}
    said = {say_fact(reading(language), reason(code, **values)) for language in LOCALES}
    assert len(said) == len(LOCALES)


def test_what_has_no_words_here_yet_is_said_as_the_service_says_it() -> None:
    assert say_fact(reading("it"), reason("moon_phase")) == "as the service says it"
    assert say_unmatched(reading("it"), "moon_phase", {}, "as the service says it") == "as the service says it"
