import pytest

from shared.suggestions import did_you_mean, nearest, with_suggestion


@pytest.mark.parametrize(
    ("word", "near"), [("lsit", "list"), ("LIST", "list"), ("retri", "Retry"), ("x", None), ("", None)]
)
def test_the_nearest_word_is_found_however_it_is_capitalized(word: str, near: str | None) -> None:
    assert nearest(word, ["list", "Retry", "discard"]) == near


def test_a_sentence_ends_with_a_question_only_if_a_word_is_near() -> None:
    assert did_you_mean("lsit", ["list"]) == "; did you mean list?"
    assert did_you_mean("quux", ["list"]) == "."


def test_what_is_no_choice_gets_the_nearest_and_other_sentences_stay() -> None:
    assert (
        with_suggestion("'it's' is not one of 'its', 'ours'.")
        == "'it's' is not one of 'its', 'ours'; did you mean its?"
    )
    assert with_suggestion("Value error, 'q' is not one of 'its'.") == "'q' is not one of 'its'."
    assert with_suggestion("must be a number") == "must be a number"
