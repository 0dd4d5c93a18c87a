"""Known words under many spellings."""

import pytest

from shared.vocabulary.spelling import Vocabulary

WORDS = Vocabulary({word: word for word in ("Python", "C++", "C#", "Bokmål", "Kyiv time", "Kiev time")})


@pytest.mark.parametrize(
    ("written", "word"),
    [("PYTHON", "Python"), ("py-thon", "Python"), ("c++", "C++"), ("C", None), ("bokmal", "Bokmål"), ("", None)],
)
def test_case_accents_and_punctuation_do_not_matter_but_plus_and_sharp_do(written: str, word: str | None) -> None:
    assert WORDS.find(written) == word


@pytest.mark.parametrize("typo", ["Pythn", "Pythonn", "Pyphon", "Pyhton", "Ptyhon", "Pythoon"])
def test_one_wrong_letter_is_guessed(typo: str) -> None:
    assert WORDS.find(typo) is None
    assert WORDS.guess(typo) == "Python"


@pytest.mark.parametrize("word", ["Pyton3000", "Pthn", "Monty", "P", "x" * 2_000])
def test_more_wrong_letters_are_not_guessed(word: str) -> None:
    assert WORDS.guess(word) is None


def test_of_two_near_words_none_is_guessed() -> None:
    assert WORDS.guess("Kyev time") is None
    assert WORDS.guess("Kyyiv time") == "Kyiv time"
