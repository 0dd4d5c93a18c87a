"""What is visible of a text, and what may be a name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import checked_name, is_spreadsheet_error, joined_lines, one_line, visible
from tests.examples import examples

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
"""All that changes the direction of what follows (Unicode Standard Annex 9)."""

NOTHING = [
    "",
    " ",
    "\u200b",
    "\u200d",
    "\ufeff\u200c",
    "\u3164",
    "\u115f\u1160",
    "\u2800",
    "\u202e",
    "\u00ad",
    "\u0300",
    "-",
    "...",
]


@pytest.mark.parametrize("sign", TURNING)
def test_nothing_turns_what_follows(sign: str) -> None:
    assert visible(f"Eve {sign}gpj.live") == "Eve gpj.live"


@pytest.mark.parametrize(
    "text",
    ["Zoë", "José", "محمد", "می‌خواهم", "क्‍ष", "👩‍👩‍👧", "❤️", "Łukasz O'Brien-Šmíd, Jr.", "王小明", "נועה"],
)
def test_names_of_the_world_stay_as_they_are(text: str) -> None:
    assert visible(text) == one_line(text) == checked_name(f" {text} a")[:-2] == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\u200db", "a\u200db"),
        ("\u200da\u200d", "a"),
        ("a\u200d \u200db", "a b"),
        ("a\u200d\u200db", "ab"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("soft\u00adhyphen", "softhyphen"),
        ("half \ud83d pair", "half  pair"),
        ("bell\x07\x9b31m", "bell31m"),
        ("line\r\nnext\rlast\u2028end\x85", "line\nnext\nlast\nend\n"),
        ("not\ufffea character", "nota character"),
    ],
)
def test_what_is_not_seen_is_left_out(text: str, seen: str) -> None:
    assert visible(text) == seen


@examples(100)
@given(st.text())
def test_a_line_is_one_and_says_the_same_when_it_is_read_again(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("name", NOTHING)
def test_a_name_of_nothing_is_refused_with_the_remedy(name: str) -> None:
    with pytest.raises(ValueError, match="write it with letters"):
        checked_name(name)


@pytest.mark.parametrize("name", ["Ann\nLee", "Ann\x00", "A\x1b[31mnn", "Ann\x85Lee", "\ud83dAnn", "Ann\tLee"])
def test_a_name_with_controls_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no control characters"):
        checked_name(f"a{name}a")


@pytest.mark.parametrize(
    "cell",
    [
        "#NAME?",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#N/A",
        "#NV",
        "#WERT!",
        "#BEZUG!",
        "#RIF!",
        "#NOME?",
        " #name? ",
        "####",
    ],
)
def test_what_a_spreadsheet_says_of_a_failed_formula_is_no_name(cell: str) -> None:
    assert is_spreadsheet_error(cell)
    with pytest.raises(ValueError, match="formula"):
        checked_name(f" {cell}")


@pytest.mark.parametrize("name", ["#1 Team", "C# Club", "Team #1!", "N/A Records"])
def test_a_sign_alone_is_no_error_of_a_spreadsheet(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\t", "\x0b", "\u2028"])
def test_the_lines_of_a_cell_are_one(break_: str) -> None:
    assert checked_name(joined_lines(f"Ann{break_}Lee")) == "Ann Lee"
