"""Spreadsheets as they are, for `ithaca match`: the same files that an import takes."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.matching.file.command import app
from tests.shared.sheets.files import table, workbook

MENTEES = table([["id", "skills"], ["Cy", "python"], ["Di", "sql"]])
MENTORS = [["Kennung", "Name", "Plätze", "Skills"], ["Ada", "Ada Uno", "2", "Python; SQL"]]


def run(folder: Path, mentors: bytes, mentees: bytes = MENTEES, *words: str) -> Result:
    files = {"mentors": folder / "mentors.data", "mentees": folder / "mentees.data"}
    files["mentors"].write_bytes(mentors)
    files["mentees"].write_bytes(mentees)
    given = [word for side, file in files.items() for word in (f"--{side}", str(file))]
    return CliRunner().invoke(app, [*given, *words], env={"COLUMNS": "200"})


def matched(folder: Path, mentors: bytes, mentees: bytes = MENTEES) -> set[tuple[str, str]]:
    ran = run(folder, mentors, mentees, "--format", "json")
    assert ran.exit_code == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return {(one["mentee"], one["mentor"]) for one in found["matches"]}


@pytest.mark.parametrize(
    "content",
    [
        table(MENTORS, ";"),
        table(MENTORS, "\t", "utf-16"),
        table([["sep=;"], *MENTORS], ";"),
        table([["Mentors 2027"], [], *MENTORS]),
        workbook(MENTORS),
        workbook([["Read me"]], {"Mentors": [["Kennung", "Skills", "Plätze"], ["Ada", "Python; SQL", 2.0]]}),
        table([["id", "capacity", "areas", "programming languages"], ["Ada", "2.0", "SQL", "Python"]]),
    ],
    ids=["semicolons", "UTF-16", "sep=", "below a title", "xlsx", "second sheet", "as for an import"],
)
def test_mentors_are_read_from_every_kind_of_file(content: bytes, tmp_path: Path) -> None:
    assert matched(tmp_path, content) == {("Cy", "Ada"), ("Di", "Ada")}


def test_who_has_no_id_is_known_by_their_address(tmp_path: Path) -> None:
    mentors = table([["Name", "E-Mail", "Skills"], ["Ada", "ada@example.org", "Python"]])
    assert matched(tmp_path, mentors) == {("Cy", "ada@example.org")}


def test_what_is_not_used_is_said_before_the_result(tmp_path: Path) -> None:
    wide = [f"column {number}" for number in range(2_000)]
    mentors = workbook([["id", "Hours per month", *wide], ["Ada", 4, *wide]], {"Lists": [["x"]]})
    said = run(tmp_path, mentors).stderr.splitlines()
    assert said[:3] == [
        "Note: mentors: The sheet 'People' is read, and not 'Lists'.",
        "Note: mentors: Hours per month is not used.",
        "Note: mentors: column 0 is not used.",
    ]
    assert said[-1] == "Note: mentors: 1,981 more columns are not used."


def test_rows_that_end_early_are_taken_and_counted(tmp_path: Path) -> None:
    ran = run(tmp_path, b"id,skills,languages\nAda,python\nBob\nEd,sql,\n")
    assert ran.exit_code == 0
    assert "Note: mentors: 2 rows end before the last column: what they lack counts as not stated." in ran.stderr


def test_blank_cells_behind_the_last_column_are_nothing(tmp_path: Path) -> None:
    assert matched(tmp_path, b"id,skills,,\nAda,python,,,,\n") == {("Cy", "Ada")}


def test_a_formula_without_a_value_is_named_with_its_row(tmp_path: Path) -> None:
    ran = run(tmp_path, workbook([["id", "skills", "capacity"], ["Ada", "python", "=1+1"]]))
    assert ran.exit_code == 2
    assert "mentors.data row 2, capacity: The cell has a formula whose value is not in the file." in ran.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "mentors.data: The file is in the old format of Excel (.xls)"),
        (b"PK\x03\x04", "mentors.data: The file is damaged"),
        (b"<html><table>", "mentors.data: The file is a web page"),
        (b"Name,Skills\nAda,python\n", "mentors.data row 1: has no column id"),
        (b"id,email,E-Mail\nAda,a,b\n", "mentors.data row 1: repeats the column email: name each once"),
        (workbook([["id", "capacity"], ["Ada", 1.5]]), "row 2, capacity: must be a whole number, not '1.5'"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_remedy(content: bytes, words: str, tmp_path: Path) -> None:
    ran = run(tmp_path, content)
    assert ran.exit_code == 2
    assert words in ran.stderr
