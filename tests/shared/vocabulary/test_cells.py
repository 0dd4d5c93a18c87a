"""Single cells: cleaned on the way in, harmless on the way out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.vocabulary.cells import clean, export_cell, import_cell, split_list
from shared.vocabulary.findings import Kind
from tests.examples import examples

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_a_spreadsheet_would_run_is_exported_with_an_apostrophe(formula: str) -> None:
    assert export_cell(formula) == f"'{formula}"


@pytest.mark.parametrize("text", ["", "Ann", "|a", "'t Hooft", "a=b", " x", "C++"])
def test_other_text_is_exported_as_it_is(text: str) -> None:
    assert export_cell(text) == text


@examples(100)
@given(st.text() | st.sampled_from(FORMULAS).map(lambda formula: f"'{formula}"))
def test_the_apostrophe_of_an_export_is_taken_off_again(text: str) -> None:
    assert import_cell(export_cell(text)) == text


@pytest.mark.parametrize("formula", ["=HYPERLINK(A1)", "@SUM(A1)", "+tag", "\t=1", "\uff1d1+1"])
def test_a_formula_is_kept_as_text_with_a_remark(formula: str) -> None:
    text, notes = clean(formula)
    assert text == formula.strip()
    assert [note.kind for note in notes] == [Kind.UNDERSTOOD]
    assert "formula" in notes[0].sentence


@pytest.mark.parametrize("number", ["-3", "+2", "- 4.5"])
def test_a_signed_number_is_no_formula(number: str) -> None:
    assert clean(number).notes == ()


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Ann \u00a0 B. ", "Ann B."),
        ("Ann\r\nB.", "Ann B."),
        ("A\u0000nn\u0007", "Ann"),
        ("\u202eAnn\u200b", "Ann"),
        ("Jo\u0308rg", "Jörg"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
    ],
)
def test_a_cell_becomes_one_line_of_normalized_text(cell: str, text: str) -> None:
    assert clean(cell).value == text


def test_removed_control_characters_get_a_remark_that_shows_them() -> None:
    (note,) = clean("A\u0000nn").notes
    assert (note.kind, note.given, note.made) == (Kind.UNDERSTOOD, "'A\\x00nn'", "Ann")


def test_an_over_long_cell_is_left_out_and_cut_in_the_remark() -> None:
    text, (note,) = clean("x" * 2_001)
    assert text == ""
    assert note.kind is Kind.LEFT_OUT
    assert len(note.given) == 80


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("a;b,c ,; d", ["a", "b", "c", "d"]),
        ("HCL (Terraform, OpenTofu), Go", ["HCL (Terraform, OpenTofu)", "Go"]),
        ("a (b, c", ["a (b", "c"]),
        ("a), b", ["a)", "b"]),
        (" ; ,", []),
    ],
)
def test_lists_are_separated_by_semicolons_and_commas_outside_parentheses(text: str, entries: list[str]) -> None:
    assert split_list(text) == entries
