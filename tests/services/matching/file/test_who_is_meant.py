"""Whom a file means: hard promises hold however somebody is named, or it is said why they cannot."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.services.matching.file.test_command import pairs, run, tables, written


def matched(folder: Path, mentors: str, mentees: str) -> tuple[set[tuple[str, str]], str]:
    ran = run(*tables(folder, mentors, mentees), "--format", "json")
    assert ran.exit_code == 0, ran.stderr
    return pairs(json.loads(ran.stdout)), " ".join(ran.stderr.split())


def refused(folder: Path, mentors: str, mentees: str) -> str:
    ran = run(*tables(folder, mentors, mentees))
    assert ran.exit_code == 2, ran.stdout
    return " ".join(ran.stderr.split())


@pytest.mark.parametrize(
    ("on_one_side", "on_the_other"),
    [
        ("Sam@example.org", "sam@example.org"),
        ("sam@example.org ", "sam@EXAMPLE.org"),
        ("sam+mentor@example.org", "sam@example.org"),
        ("s.a.m@gmail.com", "sam@googlemail.com"),
        ("sam@m\u00fcnchen.de", "sam@xn--mnchen-3ya.de"),
        ("sam@m\u00fcnchen.de", "sam@mu\u0308nchen.de"),
    ],
)
def test_nobody_is_matched_with_themselves_by_whichever_spelling_of_their_address(
    tmp_path: Path, on_one_side: str, on_the_other: str
) -> None:
    mentors = f"id,email,skills\nM1,{on_one_side},python\nM2,kim@example.org,java\n"
    mentees = f"id,email,skills\nE1,{on_the_other},python\nE2,lee@example.org,cobol\n"
    assert matched(tmp_path, mentors, mentees)[0] == {("E1", "M2"), ("E2", "M1")}


def test_who_has_an_id_on_one_side_and_an_address_on_both_is_one_person(tmp_path: Path) -> None:
    mentors = "id,person,email\nM1,p7,sam@example.org\nM2,p8,kim@example.org\n"
    mentees = "id,email\nE1,sam@example.org\nE2,p8@example.org\n"
    assert ("E1", "M1") not in matched(tmp_path, mentors, mentees)[0]


def test_people_without_ids_are_known_by_their_address(tmp_path: Path) -> None:
    mentors = "Name;E-Mail;Kompetenzen;Sprachen;Pl\u00e4tze\nAda;ada@example.org;Python;Deutsch (C1);2 Mentees\n"
    mentees = "Nome;Indirizzo e-mail;Competenze;Lingue\nCy;cy@example.org;python;tedesco, inglese\n"
    assert matched(tmp_path, mentors, mentees)[0] == {("cy@example.org", "ada@example.org")}


@pytest.mark.parametrize(
    "manager",
    ["M1", "m1", "boss@example.org", "Boss@Example.org", "Bea Boss", "Boss Bea", '"Boss, Bea"', "B\u00e9a Boss",
     "Dr. Bea Boss", "Bea Boss <boss@example.org>", "nobody@example.org; Bea Boss", "boss+hr@example.org"],
)  # fmt: skip
def test_a_manager_is_kept_apart_however_they_are_named(tmp_path: Path, manager: str) -> None:
    mentors = "id,email,name,skills\nM1,boss@example.org,Bea Boss,python\nM2,other@example.org,Oli Other,cobol\n"
    found, _ = matched(tmp_path, mentors, f"id,email,skills,managers\nE1,eve@example.org,python,{manager}\n")
    assert found == {("E1", "M2")}


def test_a_manager_s_manager_is_kept_apart_too_by_name(tmp_path: Path) -> None:
    mentors = "id,name,skills,managers\nM1,Tom Top,python,\nM2,Mia Middle,java,Tom Top\nM3,Oli Other,cobol,\n"
    assert matched(tmp_path, mentors, "id,skills,manager\nE1,python,Mia Middle\n")[0] == {("E1", "M3")}


def test_of_several_people_of_one_name_all_are_kept_apart_with_a_note(tmp_path: Path) -> None:
    mentors = "id,name,skills\nM1,Bea Boss,python\nM2,Bea Boss,python\nM3,Oli Other,cobol\n"
    found, notes = matched(tmp_path, mentors, "id,skills,managers\nE1,python,Bea Boss\n")
    assert found == {("E1", "M3")}
    assert "mentees.csv row 2, managers: 'Bea Boss' is the name of several: all of them are kept apart" in notes


def test_a_manager_who_is_nobody_here_gets_a_note_at_the_row(tmp_path: Path) -> None:
    _, notes = matched(tmp_path, "id\nM1\n", "id,managers\nE1,who@example.org\nE2,k. A.\n")
    assert "mentees.csv row 2, managers: 'who@example.org' is nobody here" in notes
    assert "row 3, managers" not in notes


def test_who_is_ranked_or_excluded_may_be_named_by_address_or_name(tmp_path: Path) -> None:
    mentors = "id,email,name,skills\nM1,ada@example.org,Ada,QA\nM2,bob@example.org,Bob,QA\n"
    assert matched(tmp_path, mentors, "id,skills,prefers\nE1,QA,Bob@example.org;Ada\n")[0] == {("E1", "M2")}
    assert matched(tmp_path, mentors, "id,excludes\nE1,Bob\n")[0] == {("E1", "M1")}


@pytest.mark.parametrize("field", ["prefers", "excludes"])
def test_who_is_ranked_or_excluded_and_nobody_here_is_an_error_at_the_row(tmp_path: Path, field: str) -> None:
    lines = refused(tmp_path, "id\nM1\n", f"id,{field}\nE1,Zoe\n")
    assert f"mentees.csv row 2, {field}: 'Zoe' is nobody of the mentors" in lines


def test_pairs_of_a_program_may_be_named_by_address_and_those_who_are_not_here_are_noted(tmp_path: Path) -> None:
    constraints = {"excluded": [["E1", "ADA@example.org"]], "failed": [["E1", "gone@example.org"]]}
    document = {
        "program": {"constraints": constraints},
        "mentors": [{"id": "M1", "email": "ada@example.org"}, {"id": "M2"}],
        "mentees": [{"id": "E1"}],
    }
    ran = run(written(tmp_path, document), "--format", "json")
    assert pairs(json.loads(ran.stdout)) == {("E1", "M2")}
    assert "failed names E1 with gone@example.org, who are not both here" in " ".join(ran.stderr.split())


def test_one_name_on_both_sides_without_addresses_is_pointed_out(tmp_path: Path) -> None:
    _, notes = matched(tmp_path, "id,name\nM1,Sam Lee\n", "id,name\nE1,Lee Sam\n")
    assert "Lee Sam is also among the mentors" in notes


PEOPLE = "Role,Name,E-mail,Skills\nMentor,Ada,ada@example.org,Python\n{role},Cy,cy@example.org,Python\n"


@pytest.mark.parametrize("role", ["Mentee", "mentees", "MENTEE", "Mentee (m/w/d)", "Menti"])
def test_mentors_and_mentees_may_be_in_one_table(tmp_path: Path, role: str) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE.format(role=role), encoding="utf-8")
    ran = run(tmp_path / "people.csv", "--format", "json")
    assert ran.exit_code == 0, ran.stderr
    assert pairs(json.loads(ran.stdout)) == {("cy@example.org", "ada@example.org")}
    assert "is no ment" not in ran.stderr


def test_an_old_workbook_of_both_sides_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "people.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512))
    ran = run(tmp_path / "people.xls")
    assert ran.exit_code == 2
    assert "xlsx" in ran.stderr


@pytest.mark.parametrize("role", ["both", "Mentor and Mentee", "Mentor/Mentee", "beides", "mentore e mentee"])
def test_who_is_on_both_sides_of_one_table_is_matched_with_others(tmp_path: Path, role: str) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE.format(role=role), encoding="utf-8")
    ran = run(tmp_path / "people.csv", "--format", "json")
    assert ran.exit_code == 0, ran.stderr
    assert pairs(json.loads(ran.stdout)) == {("cy@example.org", "ada@example.org")}


@pytest.mark.parametrize(
    ("role", "words"), [("CTO", "must be mentor, mentee or both, not 'CTO'"), ("", "must be mentor")]
)
def test_who_is_on_no_side_of_one_table_is_an_error_at_the_row(tmp_path: Path, role: str, words: str) -> None:
    rows = "Role,Name,E-mail\nMentor,Ada,a@example.org\nMentee,Cy,c@example.org\nMentee,Di,d@example.org\n"
    (tmp_path / "people.csv").write_text(f"{rows}{role},Ed,e@example.org\n", encoding="utf-8")
    ran = run(tmp_path / "people.csv")
    assert ran.exit_code == 2
    assert f"people.csv row 5, role: {words}" in ran.stderr


def test_a_column_of_jobs_is_no_column_of_sides(tmp_path: Path) -> None:
    assert matched(tmp_path, "id,role\nM1,CTO\n", "id,role\nE1,Junior\n")[0] == {("E1", "M1")}


def test_whoever_is_on_the_other_side_of_a_file_for_one_is_left_out_and_said(tmp_path: Path) -> None:
    people = "id,role\nA,mentor\nB,mentee\nC,mentor\n"
    found, notes = matched(tmp_path, people, people)
    assert {mentee for mentee, _ in found} == {"B"}
    assert "mentors.csv row 3: is no mentor" in notes


def scored(folder: Path, answer: object, mentor: object = 4) -> tuple[dict[str, Any], str]:
    program = {"weights": {"skills": 1}, "questions": [{"name": "Pace", "kind": "scale", "weight": 10}]}
    (folder / "program.json").write_text(json.dumps(program), encoding="utf-8")
    given = tables(folder, f"id,answer:pace\nM1,{mentor}\n", f'id,answer:pace\nE1,"{answer}"\n')
    ran = run(*given, "--program", folder / "program.json", "--format", "json", "--explain")
    assert ran.exit_code == 0, ran.stderr
    explained: dict[str, Any] = json.loads(ran.stdout)["matches"][0]["explanation"]
    return explained, " ".join(ran.stderr.split())


@pytest.mark.parametrize(
    ("answer", "value"),
    [("4", 1), ("4 - often", 1), ("4: oft", 1), ("often (4)", 1), ("4/5", 1), ("4 von 5", 1), ("four", 1), ("vier", 1),
     ("quattro", 1), ("\u2605\u2605\u2605\u2605\u2606", 1), ("3,5", 0.875), ("3.5", 0.875), ("5/5", 0.75),
     ("2 = selten", 0.5)],
)  # fmt: skip
def test_an_answer_on_a_scale_is_read_however_it_is_labeled(tmp_path: Path, answer: str, value: float) -> None:
    (reason,) = (one for one in scored(tmp_path, answer)[0]["reasons"] if one["criterion"] == "Pace")
    assert reason["value"] == pytest.approx(value, abs=0.001)


@pytest.mark.parametrize("answer", ["7", "0", "-1", "often", "4-5", "3 or 4", "8/10", "80%", "not 4", "4.5.6"])
def test_an_answer_that_is_not_on_the_scale_is_left_out_with_a_note_at_the_row(tmp_path: Path, answer: str) -> None:
    explained, notes = scored(tmp_path, answer)
    assert [one["value"] for one in explained["reasons"] if one["criterion"] == "Pace"] in ([], [None])
    assert f'mentees.csv row 2, answer:pace: "{answer}" is' in notes


def test_an_answer_to_no_question_is_noted(tmp_path: Path) -> None:
    _, notes = matched(tmp_path, "id,answer:mood\nM1,4\n", "id\nE1\n")
    assert "no question of the program has the name mood" in notes


def test_times_of_the_week_are_read_in_three_languages(tmp_path: Path) -> None:
    mentors = 'id;availability\nM1;"Dienstag 18\u201320 Uhr, mercoled\u00ec 9-12"\n'
    mentees = "id;availability\nE1;Tue 6-8pm\n"
    program = {"weights": {"availability": 1}, "constraints": {"overlap_hours": 1}}
    (tmp_path / "program.json").write_text(json.dumps(program), encoding="utf-8")
    ran = run(*tables(tmp_path, mentors, mentees), "--program", tmp_path / "program.json", "--format", "json")
    assert ran.exit_code == 0, ran.stderr
    assert pairs(json.loads(ran.stdout)) == {("E1", "M1")}


def test_kinds_of_a_program_are_read_as_people_s_words_are(tmp_path: Path) -> None:
    document = {
        "program": {"weights": {"skills": 1}, "kinds": {"skills": {"backend": ["golang", "JS"]}}},
        "mentors": [{"id": "M1", "skills": ["Go"]}],
        "mentees": [{"id": "E1", "skills": ["JavaScript"]}],
    }
    ran = run(written(tmp_path, document), "--format", "json")
    assert json.loads(ran.stdout)["worst"] > 0


def test_what_is_not_used_is_said_before_the_result(tmp_path: Path) -> None:
    mentors = "email,skills,hours_per_month,years,location\na@example.org,Python,4,ages,RS\n"
    ran = run(*tables(tmp_path, mentors, "email,skills\nc@example.org,n/a\n"))
    assert ran.exit_code == 0
    notes = " ".join(ran.stderr.split())
    assert "mentors: hours_per_month is not used" in notes
    assert 'mentors.csv row 2, years: "ages" is not read as a number of years' in notes
    assert 'mentors.csv row 2, location: "RS" has only a code to go by' in notes
    assert 'mentees.csv row 2, skills: "n/a" is read as not stated' in notes
    assert "Proved" in ran.stdout


@pytest.mark.parametrize("shape", ["html", "table"])
def test_a_file_with_the_result_says_first_what_was_not_used(tmp_path: Path, shape: str) -> None:
    given = tables(tmp_path, "id,years\nM1,ages\n", "id\nE1\n")
    out = tmp_path / "result"
    assert run(*given, "--format", shape, "--out", out).exit_code == 0
    before, proved, _ = out.read_text(encoding="utf-8").partition("Proved")
    assert proved
    assert "is not read as a number of years" in before


def test_two_rows_with_one_address_are_pointed_out(tmp_path: Path) -> None:
    _, notes = matched(tmp_path, "id\nM1\n", "id,email\nE1,a@example.org\nE2,A@example.org\n")
    assert "mentees.csv row 3: has the address of E1: both are taken for one person" in notes


@pytest.mark.parametrize("nothing", ["n/a", "-", "keine Angabe", "see HR"])
def test_what_is_no_address_makes_nobody_one_person(tmp_path: Path, nothing: str) -> None:
    document = {"mentors": [{"id": "M1", "email": nothing}], "mentees": [{"id": "E1", "email": nothing}]}
    ran = run(written(tmp_path, document), "--format", "json")
    assert pairs(json.loads(ran.stdout)) == {("E1", "M1")}
    found, _ = matched(tmp_path, f"id,email\nM1,{nothing}\n", f"id,email\nE1,{nothing}\n")
    assert found == {("E1", "M1")}
    assert "row 2, id: is missing" in refused(tmp_path, f"id,email\n,{nothing}\n", "id\nE1\n")


def test_a_name_that_is_no_answer_names_nobody(tmp_path: Path) -> None:
    found, notes = matched(tmp_path, "id,name\nM1,N/A\n", "id,name,managers\nE1,unknown,N/A\n")
    assert found == {("E1", "M1")}
    assert "also among" not in notes
