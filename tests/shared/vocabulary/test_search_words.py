"""Names are found however they are written, in several scripts."""

# ruff: noqa: RUF001 - the letters of several scripts are what this is about

import pytest

from shared.vocabulary.search_words import LONGEST, beginnings, folded, searched_words


def is_found(search: str, name: str) -> bool:
    """Whether all words of a search begin words of the name."""
    words = searched_words(search)
    return bool(words) and {*words} <= beginnings(name)


FOUND = [
    ("ada", "Ada Lovelace"),
    ("LOVE", "Ada Lovelace"),
    ("lov ad", "Ada Lovelace"),
    ("jorg", "Jörg Müller"),
    ("Jörg", "Jo\u0308rg Mu\u0308ller"),
    ("mueller", "Jörg Müller"),
    ("muller", "Jörg Müller"),
    ("müller", "Jörg Müller"),
    ("strasse", "Straße"),
    ("lukasz zolc", "Łukasz Żółć"),
    ("soren", "Søren Ørsted"),
    ("soeren oersted", "Søren Ørsted"),
    ("aase", "Åse"),
    ("istanbul", "İstanbul"),
    ("isil", "Işıl"),
    ("thor", "Þór"),
    ("obrien", "Conan O'Brien"),
    ("o'brien", "Conan O\u2019Brien"),
    ("o brien", "Conan O'Brien"),
    ("annemarie", "Anne-Marie"),
    ("marie", "Anne-Marie"),
    ("nguyen", "Nguyễn Văn A"),
    ("ΑΛΕΞ", "Αλέξανδρος"),
    ("σωκράτης", "ΣΩΚΡΑΤΗΣ"),
    ("семён", "Семен"),
    ("семен", "Семён"),
    ("احمد", "أحمد"),
    ("علي", "علی"),
    ("عليرضا", "علی\u200cرضا"),
    ("רבקה", "רִבְקָה"),
    ("प्रिया", "प्रिया शर्मा"),
    ("太郎", "山田太郎"),
    ("山田", "山田太郎"),
    ("山田太郎さん", "山田太郎さん"),
    ("ヤマダ", "ﾔﾏﾀﾞ"),
    ("민수", "김민수"),
    ("สมชาย", "นายสมชาย"),
    ("ada", "Ａｄａ"),
]


@pytest.mark.parametrize(("search", "name"), FOUND)
def test_a_name_is_found_by_the_beginnings_of_its_words_in_any_spelling(search: str, name: str) -> None:
    assert is_found(search, name)


@pytest.mark.parametrize(
    ("search", "name"),
    [("da", "Ada"), ("adam", "Ada"), ("ada king", "Ada Lovelace"), ("", "Ada"), ("'", "O'Brien"), ("郎太", "山田太郎")],
)
def test_what_begins_no_word_of_a_name_does_not_find_it(search: str, name: str) -> None:
    assert not is_found(search, name)


def test_a_search_of_any_length_asks_for_a_few_words_that_are_kept() -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff"
    assert is_found(long, f"Hubert {long}")
    assert len(searched_words("ab " * 40 + "cd ef gh ij kl mn op qr st uv")) <= 8
    assert max(map(len, beginnings(long))) == LONGEST


def test_folding_twice_changes_nothing_more() -> None:
    for _, name in FOUND:
        assert folded(folded(name)) == folded(name)
