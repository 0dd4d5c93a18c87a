from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.matching.candidate import Candidate, fold
from services.matching.criteria import DEFAULT_WEIGHTS, ScoringSettings, criteria, utc_offset
from services.matching.scoring import FORBIDDEN, PRIOR, SCALE, Score, explain, score_pairs
from shared.contracts.intake import Role
from tests.services.matching.builders import SETTINGS, WINTER, mentee, mentor

WORDS = st.lists(st.sampled_from(["Python", "python", "Go", "Zoë"]), max_size=3)
STATED = st.fixed_dictionaries(
    {
        "languages": st.lists(st.sampled_from(["en", "de", "es"]), max_size=2),
        "areas": WORDS,
        "programming_languages": WORDS,
        "goals": WORDS,
        "years": st.none() | st.floats(0, 60),
        "time_zone": st.sampled_from([None, "Europe/Berlin", "Asia/Kolkata", "Pacific/Kiritimati"]),
    }
)


def value_of(criterion: str, score: Score) -> float | None:
    return {reason.criterion: reason.value for reason in score.reasons}[criterion]


def weights(**given: float) -> ScoringSettings:
    return ScoringSettings(reference_date=WINTER, weights=given)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\N{FULLWIDTH LATIN CAPITAL LETTER C}++", "c\N{FULLWIDTH PLUS SIGN}+"),
        ("Straße", "STRASSE"),
        ("Zoe\N{COMBINING DIAERESIS}", "ZOË"),
        ("Machine\N{NO-BREAK SPACE} Learning ", "machine learning"),
        ("ﬁntech", "Fintech"),
        ("\N{DOUBLE-STRUCK CAPITAL H}askell", "haskell"),
    ],
)
def test_words_that_differ_in_case_width_accents_encoding_or_blanks_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert explain(mentee("a", areas=[one]), mentor("b", areas=[other]), weights(areas=1)).points == SCALE


def test_a_word_said_twice_counts_once_and_an_empty_one_not_at_all() -> None:
    assert mentee("a", areas=["QA", "qa", " "]).areas == ("qa",)


def test_the_share_of_what_the_mentee_wants_counts_and_not_what_else_the_mentor_offers() -> None:
    score = explain(mentee("a", goals=["x", "y", "z"]), mentor("b", goals=["z", "y", "w"]), weights(goals=1))
    assert score.points == 666_667
    assert score.reasons[0].evidence == {"shared": ("y", "z")}


@pytest.mark.parametrize(("mentor_years", "value"), [(3, 0), (4, 0), (5, 0.2), (9, 1), (30, 1)])
def test_experience_counts_up_to_the_wished_gap(mentor_years: float, value: float) -> None:
    score = explain(mentee("a", years=4), mentor("b", years=mentor_years), weights(experience=1))
    assert value_of("experience", score) == value
    assert score.reasons[0].evidence == {"gap_years": mentor_years - 4}


def test_zero_years_are_stated_and_unstated_years_are_not_zero() -> None:
    old = mentor("b", years=10)
    assert value_of("experience", explain(mentee("a", years=0), old, SETTINGS)) == 1
    assert value_of("experience", explain(mentee("a", years=None), old, SETTINGS)) is None


@pytest.mark.parametrize(
    ("one", "other", "day", "hours"),
    [
        ("Europe/Berlin", "America/New_York", date(2027, 3, 10), 6),
        ("Europe/Berlin", "America/New_York", date(2027, 3, 17), 5),
        ("Europe/Berlin", "America/New_York", date(2027, 3, 31), 6),
        ("Europe/Berlin", "Africa/Lagos", date(2027, 3, 28), 1),
        ("Europe/London", "Asia/Kolkata", WINTER, 5.5),
        ("Pacific/Kiritimati", "Pacific/Honolulu", WINTER, 0),
        ("Pacific/Auckland", "Europe/London", WINTER, 11),
    ],
)
def test_clocks_are_compared_as_they_stand_on_the_reference_date(one: str, other: str, day: date, hours: float) -> None:
    settings = ScoringSettings(reference_date=day, weights={"zone": 1})
    score = explain(mentee("a", time_zone=one), mentor("b", time_zone=other), settings)
    assert score.reasons[0].evidence == {"hours_apart": hours}
    assert score.points == round((1 - hours / 12) * SCALE)


def test_offsets_come_from_the_pinned_release_of_the_zones() -> None:
    assert utc_offset("America/Vancouver", date(2026, 12, 2)) == -7


def test_only_criteria_with_data_on_both_sides_are_divided_by() -> None:
    one = mentee("a", areas=["x"], programming_languages=["go"], goals=["grow"], years=1)
    score = explain(one, mentor("b", areas=["x"], programming_languages=["c"], years=9), SETTINGS)
    assert score.points == round((20 + 0 + 10) / (20 + 15 + 10) * SCALE)
    assert score.coverage == pytest.approx(45 / 85)
    assert value_of("goals", score) is None
    assert value_of("programming_languages", score) == 0
    assert value_of("zone", score) is None


def test_a_pair_that_nothing_is_known_about_scores_the_prior() -> None:
    score = explain(mentee("a"), mentor("b"), SETTINGS)
    assert (score.points, score.coverage, score.prior) == (PRIOR * SCALE, 0, PRIOR)
    assert all(reason.value is None and reason.contribution == 0 for reason in score.reasons)


@pytest.mark.parametrize(("goals", "points"), [(["grow"], (25 + 17.5 / 2) / 42.5), (["else"], 17.5 / 2 / 42.5)])
def test_a_score_on_little_data_shrinks_towards_the_prior(goals: list[str], points: float) -> None:
    score = explain(mentee("a", goals=["grow"]), mentor("b", goals=goals), SETTINGS)
    assert score.points == round(points * SCALE)
    assert score.coverage == pytest.approx(25 / 85)


def test_a_criterion_without_weight_plays_no_part() -> None:
    score = explain(
        mentee("a", areas=["x"], years=9), mentor("b", areas=["x"], years=1), weights(areas=1, experience=0)
    )
    assert (score.points, [reason.criterion for reason in score.reasons]) == (SCALE, ["areas"])


@settings(max_examples=50, deadline=None)
@given(STATED, STATED)
def test_contributions_and_the_prior_add_up_to_the_score(one: dict[str, object], other: dict[str, object]) -> None:
    score = explain(mentee("a", **one), mentor("b", **other), SETTINGS)
    assert score.prior + sum(reason.contribution for reason in score.reasons) == pytest.approx(
        score.points / SCALE, abs=1e-6
    )
    assert 0 <= score.points <= SCALE


@settings(max_examples=50, deadline=None)
@given(st.lists(STATED, max_size=4), st.lists(STATED, max_size=4))
def test_a_pair_scores_the_same_alone_and_among_others(
    these: list[dict[str, object]], those: list[dict[str, object]]
) -> None:
    mentees = [mentee(f"a{at}", **stated) for at, stated in enumerate(these)]
    mentors = [mentor(f"b{at}", **stated) for at, stated in enumerate(those)]
    together = score_pairs(mentees, mentors, SETTINGS)
    for (row, one), (column, other) in product(enumerate(mentees), enumerate(mentors)):
        assert together[row, column] == score_pairs([one], [other], SETTINGS)[0, 0]
        assert together[row, column] in {FORBIDDEN, explain(one, other, SETTINGS).points}


def test_the_order_in_which_weights_are_named_changes_nothing() -> None:
    one, other = mentee("a", areas=["x"], years=1), mentor("b", areas=["y"], years=3)
    named = {"areas": 0.1, "experience": 0.2, "zone": 0.3, "goals": 0.7}
    turned = dict(reversed(named.items()))
    assert explain(one, other, weights(**named)) == explain(one, other, weights(**turned))


@pytest.mark.parametrize(
    ("mentee_speaks", "mentor_speaks", "allowed"),
    [(["en"], ["EN", "de"], True), (["es"], ["en"], False), ([], ["en"], True), (["es"], [], True), ([], [], True)],
)
def test_two_who_stated_languages_need_one_in_common(
    mentee_speaks: list[str], mentor_speaks: list[str], allowed: bool
) -> None:
    one, other = mentee("a", languages=mentee_speaks), mentor("b", languages=mentor_speaks)
    assert (score_pairs([one], [other], SETTINGS)[0, 0] != FORBIDDEN) == allowed


def test_the_common_languages_are_shown_and_missing_when_a_side_stated_none() -> None:
    polyglot = mentor("b", languages=["en", "de", "fr"])
    assert explain(mentee("a", languages=["fr", "en"]), polyglot, SETTINGS).languages == ("en", "fr")
    assert explain(mentee("a"), polyglot, SETTINGS).languages == ()


def test_nobody_is_matched_with_oneself() -> None:
    one, other = mentee("a", person_id="p"), mentor("b", person_id="p")
    assert score_pairs([one], [other], SETTINGS)[0, 0] == FORBIDDEN


def test_scores_of_a_large_pool_are_those_of_its_parts() -> None:
    mentees = [mentee(f"a{at}", areas=[f"x{at % 7}"], years=at % 5) for at in range(1300)]
    mentors = [mentor(f"b{at}", areas=[f"x{at % 3}"], years=at % 11) for at in range(1000)]
    whole = score_pairs(mentees, mentors, SETTINGS)
    assert np.array_equal(whole[1040:1060], score_pairs(mentees[1040:1060], mentors, SETTINGS))


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"seats": -1}, "seats"),
        ({"seats": 1.5}, "seats"),
        ({"seats": 2, "role": Role.MENTEE}, "seats"),
        ({"seats": 0, "role": Role.MENTEE}, "seats"),
        ({"years": float("nan")}, "years"),
        ({"years": float("inf")}, "years"),
        ({"years": -3}, "years"),
        ({"hours_per_month": float("nan")}, "hours_per_month"),
        ({"time_zone": "Europe/Lodnon"}, "time_zone"),
        ({"languages": ["english"]}, "languages"),
        ({"areas": "Python"}, "areas"),
        ({"format": "sometimes"}, "format"),
        ({"id": ""}, "id"),
        ({"shoe_size": 42}, "shoe_size"),
    ],
)
def test_a_candidate_that_cannot_be_is_refused_by_the_name_of_the_field(stated: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        Candidate(**mentor("b").model_dump() | stated)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"skils": 1}, "skils; use areas, "),
        ({"areas": 0, "goals": 0}, "give at least one criterion a weight"),
        ({}, "give at least one criterion a weight"),
        ({"areas": -1}, "weights.areas"),
        ({"areas": float("nan")}, "weights.areas"),
        ({"areas": float("inf")}, "weights.areas"),
    ],
)
def test_weights_that_mean_nothing_are_refused(given: dict[str, float], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        weights(**given)


def test_every_criterion_has_a_default_weight() -> None:
    assert list(DEFAULT_WEIGHTS) == [criterion.code for criterion in criteria(SETTINGS)]
