"""Every code has its words."""

import pytest

from services.matching.pool.model.program_criteria import WEIGHTS
from services.matching.proposals.model.explanations import REASONS, SUBJECTS, why_unmatched
from services.matching.proposals.model.fit import REMEDIES


def test_every_code_has_its_words() -> None:
    assert set(REMEDIES) <= set(REASONS)
    assert set(WEIGHTS) == set(SUBJECTS)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_a_sentence(reason: str) -> None:
    figures = {"mentors": 2, "mentees": 1, "seats": 1, "no_common_language": 3, "score_too_low": 2}
    sentence = why_unmatched(reason, figures)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
