"""Whatever a file has in it: an answer that is right, or status 2 with the places, and nothing written."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.names import NO_NAMES
from tests.services.matching.file.test_command import SCORES, pairs, run, solved, tables, written

PEOPLE: dict[str, Any] = {"mentors": [{"id": "X"}, {"id": "Y"}], "mentees": [{"id": "a"}, {"id": "b"}]}


def refused(folder: Path, document: object, *arguments: object) -> list[str]:
    out = folder / "result.json"
    ran = run(written(folder, document), "--out", out, *arguments)
    assert ran.exit_code == 2, ran.output
    assert not out.exists()
    return ran.stderr.splitlines()


@pytest.mark.parametrize(
    ("stated", "line"),
    [
        ({"capacity": float("nan")}, "mentors[0].capacity: must be a whole number, not nan"),
        ({"capacity": True}, "mentors[0].capacity: must be a whole number, not True"),
        ({"years": float("inf")}, "mentors[0].years: must be a number, neither NaN nor infinite, not inf"),
        ({"answers": {"q": float("nan")}}, "mentors[0].answers.q: must be a number, neither NaN nor infinite, not nan"),
        ({"answers": [1]}, "mentors[0].answers: must be an object, not [1]"),
        ({"skills": "python"}, "mentors[0].skills: must be a list, not 'python'"),
        ({"availability": [1]}, "mentors[0].availability: must be a list of weekly times: write each as Tue 18:00"),
        ({"availability": "Mon 10:00-12:00"}, "mentors[0].availability: must be a list of weekly times"),
        ({"availability": ["Mon 23:00-01:00"]}, "mentors[0].availability: 'Mon 23:00-01:00' ends before it starts"),
        ({"time_zone": "../../etc/passwd"}, "mentors[0].time_zone: '../../etc/passwd' is no time zone"),
        ({"id": ""}, "mentors[0].id: must not be empty, not ''"),
        ({"id": "x" * 201}, "mentors[0].id: must have at most 200 characters"),
        ({"person": "p", "prefers": ["a"]}, "mentors[0].prefers: names 'X' as their own mentor"),
    ],
)
def test_what_a_person_cannot_be_is_one_line_with_its_place(tmp_path: Path, stated: dict[str, Any], line: str) -> None:
    mentees = [{"id": "a", "person": "p"}]
    lines = refused(tmp_path, {"mentors": [{"id": "X", **stated}], "mentees": mentees})
    assert len(lines) == 1
    assert lines[0].startswith(line)


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ([], "program: must be an object, not []"),
        ({"surprise": 1}, "program.surprise: is not known here: take it out"),
        ({"weights": {"skills": float("nan")}}, "program.weights.skills: must be a number, neither NaN nor infinite"),
        ({"constraints": {"overlap_hours": float("nan")}}, "program.constraints.overlap_hours: must be"),
        ({"starts": 20270131}, "program.starts: this is no date: write it as 2027-01-31"),
        ({"starts": "never"}, "program.starts: this is no date: write it as 2027-01-31"),
        ({"questions": [{"name": "q", "kind": "x", "weight": 1}]}, "program.questions[0].kind: must be 'equal'"),
    ],
)
def test_what_a_program_cannot_be_is_one_line_with_its_place(tmp_path: Path, program: object, line: str) -> None:
    lines = refused(tmp_path, PEOPLE | {"program": program})
    assert len(lines) == 1
    assert lines[0].startswith(line)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            {"scores": [{"mentee": ["a"], "mentor": "X", "score": 1}]},
            "scores[0].mentee: ['a'] is nobody of the mentees",
        ),
        ({"scores": [{"mentee": "a", "mentor": "X", "score": "1"}]}, "scores[0].score: must be a number"),
        ({"scores": {}}, "scores: must be a list"),
        ({"accepted": 5}, "accepted[0]: must be an object"),
        ({"scores": [], "accepted": [{"mentee": "a", "mentor": "X"}]}, "accepted[0]: the pair is not listed"),
        (
            {"accepted": [{"mentee": "a", "mentor": "X"}, {"mentee": "b", "mentor": "X"}]},
            "accepted and proposed, X: has 2 pairs and a capacity of 1",
        ),
        ({"accepted": [{"mentee": "a", "mentor": "X"}] * 2}, "accepted[1]: a with X is named twice"),
    ],
)
def test_pairs_that_cannot_be_are_one_line_with_its_place(tmp_path: Path, change: dict[str, Any], line: str) -> None:
    lines = refused(tmp_path, SCORES | change, "--strategy", "rolling")
    assert len(lines) == 1
    assert lines[0].startswith(line)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "pool.json:1:1: is not JSON"),
        (b"\x00", "pool.json:1:1: is not JSON"),
        ("{}".encode("utf-16"), "is not in UTF-8"),
        (b"[" * 100_000, "pool.json: is nested too deeply"),
        (b'{"mentors": [' + b"9" * 5_000 + b"]}", "pool.json: has a number that is too long"),
    ],
)
def test_what_is_no_file_of_people_is_refused(tmp_path: Path, content: bytes, line: str) -> None:
    (tmp_path / "pool.json").write_bytes(content)
    ran = run(tmp_path / "pool.json")
    assert (ran.exit_code, len(ran.stderr.splitlines())) == (2, 1)
    assert line in ran.stderr


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "cannot be read: Is a directory" in run(tmp_path).stderr


@pytest.mark.parametrize(
    ("place", "line"),
    [("none/result.json", "there is no folder"), (".", "is a folder"), ("pool.json", "is what is read")],
)
def test_a_result_that_cannot_be_written_is_refused_before_anything_is_computed(
    tmp_path: Path, place: str, line: str
) -> None:
    pool = written(tmp_path, SCORES)
    ran = run(pool, "--out", tmp_path / place)
    assert ran.exit_code == 2
    assert line in ran.stderr
    assert json.loads(pool.read_text(encoding="utf-8")) == SCORES


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--moves", 1], "--moves: is for --strategy rolling, not optimal"),
        (["--what-if", "a=X", "--strategy", "stable"], "--what-if: is for --strategy optimal, not stable"),
        (["--what-if", "a=Q"], "--what-if a=Q: must be the id of a mentee, =, and the id of a mentor"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path: Path, options: list[object], line: str) -> None:
    assert refused(tmp_path, SCORES, *options) == [line]


def test_what_a_pair_would_cost_is_shown(tmp_path: Path) -> None:
    pool = written(tmp_path, SCORES)
    assert "a with X: +0 matched, worst -0.70, total -0.65" in run(pool, "--what-if", "a=X").stdout
    assert "worst -0.70" in run(pool, "--what-if", "a=X", "--format", "html").stdout


def test_no_more_proposals_change_than_allowed(tmp_path: Path) -> None:
    document = SCORES | {"proposed": [{"mentee": "a", "mentor": "X"}, {"mentee": "b", "mentor": "Y"}]}
    assert pairs(solved(tmp_path, document, "--strategy", "rolling")) == {("a", "Y"), ("b", "X")}
    assert pairs(solved(tmp_path, document, "--strategy", "rolling", "--moves", 1)) == {("a", "X"), ("b", "Y")}


def test_the_page_can_be_read_by_a_reader_of_screens_and_loads_nothing(tmp_path: Path) -> None:
    document = SCORES | {"scores": [one | {"score": one["score"] * 10} for one in SCORES["scores"]]}
    page = run(written(tmp_path, document), "--format", "html").stdout
    assert '<html lang="en">' in page
    assert "default-src 'none'" in page
    assert "<title>How many matches have which score: 2 from 8</title>" in page
    assert page.count("<th scope=col>") == page.count("<th") - page.count("<thead")
    assert "http" not in page.replace("http-equiv", "")


def test_an_exclusion_that_excludes_nobody_is_noted(tmp_path: Path) -> None:
    ran = run(written(tmp_path, PEOPLE | {"program": {"constraints": {"excluded": [["z", "X"]]}}}))
    assert ran.exit_code == 0
    assert "excluded names z with X" in " ".join(ran.stderr.split())


def test_everybody_equal_is_matched_as_many_as_there_are_seats(tmp_path: Path) -> None:
    document = {"mentors": [{"id": f"m{at}"} for at in range(5)], "mentees": [{"id": f"n{at}"} for at in range(7)]}
    result = solved(tmp_path, document)
    assert (result["size"], result["gap"], result["certificate"]["is_worst_proved"]) == (5, 0, True)


def test_one_person_on_both_sides_is_matched_with_others(tmp_path: Path) -> None:
    document = {"mentors": [{"id": "a"}, {"id": "X"}], "mentees": [{"id": "a"}, {"id": "b"}]}
    assert pairs(solved(tmp_path, document)) == {("a", "X"), ("b", "a")}


def test_skills_are_one_in_whatever_case_and_encoding(tmp_path: Path) -> None:
    document = {
        "program": {"weights": {"skills": 1}},
        "mentors": [{"id": "X", "skills": ["Zo\u00eb", "STRASSE"]}],
        "mentees": [{"id": "a", "skills": ["zoe\u0308", "Stra\u00dfe"]}],
    }
    assert solved(tmp_path, document)["worst"] == 1


@pytest.mark.parametrize("strategy", ["optimal", "stable", "rolling", "group"])
def test_nobody_at_all_gives_an_empty_result_in_every_format(tmp_path: Path, strategy: str) -> None:
    pool = written(tmp_path, {"mentors": [], "mentees": []})
    for shape in ("table", "json", "html"):
        assert run(pool, "--strategy", strategy, "--format", shape).exit_code == 0
    assert "Nobody is matched." in run(pool, "--strategy", strategy, "--format", "html").stdout


@pytest.mark.parametrize(
    ("mentors", "size"),
    [
        ("id;skills\r\nAda;a,b\r\n", 1),
        ('id,skills\n"A\nda","x;y"\n', 1),
        ("id,years\rAda,5\r", 1),
        ("id\tyears\nAda\t5\n", 1),
        ("id,skills,years\nAda\n", 1),
        ("id,,\nAda,1,2\n", 1),
        ("id\n", 0),
    ],
)
def test_tables_of_many_kinds_are_read(tmp_path: Path, mentors: str, size: int) -> None:
    ran = run(*tables(tmp_path, mentors, "id\nCy\n", encoding="utf-8-sig"), "--format", "json")
    assert ran.exit_code == 0, ran.stderr
    assert json.loads(ran.stdout)["size"] == size


@pytest.mark.parametrize(
    ("mentors", "line"),
    [
        ("", "mentors.csv row 1: has no column id"),
        ('id,skills\n"Ada,x\nBob,y\n', "mentors.csv line 2: a quote is opened here and not closed"),
        ('id,skills\n"Ada"x,y\n', "mentors.csv line 2: a quote is opened here and not closed"),
        ("id,years\n,5\n", "mentors.csv row 2, id: is missing"),
        ("id\nAda\nBob\nAda\n", "mentors.csv row 4, id: 'Ada' is also mentors.csv row 2"),
        ("id,capacity\nAda,1_0\n", "mentors.csv row 2, capacity: must be a whole number, not '1_0'"),
        ("id,capacity\nAda,-1\n", "mentors.csv row 2, capacity: must be 0 or more"),
        ("id,time_zone\nAda,Mars/Base\n", "mentors.csv row 2, time_zone: 'Mars/Base' is no time zone"),
        ("id,prefers\nAda,Ada\n", "mentors.csv row 2, prefers: 'Ada' is nobody of the mentees"),
    ],
)
def test_what_is_wrong_in_a_table_is_named_with_its_row(tmp_path: Path, mentors: str, line: str) -> None:
    ran = run(*tables(tmp_path, mentors, "id\nCy\n"))
    assert (ran.exit_code, len(ran.stderr.splitlines())) == (2, 1)
    assert ran.stderr.startswith(line)


PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what runs in the background
from services.matching.file.command import app
app()
"""


def started(*arguments: object, **how: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    environment = os.environ | {"TERM": "dumb"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, **how)


@pytest.mark.real
def test_a_reader_who_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    people = [{"id": f"p{at}"} for at in range(3000)]
    ran = started(written(tmp_path, {"mentors": people[:2], "mentees": people}), "--format", "json")
    assert ran.stdout
    assert ran.stderr
    assert ran.stdout.readline() == "{\n"
    ran.stdout.close()
    assert "Traceback" not in ran.stderr.read()
    ran.wait(timeout=120)
    ran.stderr.close()


def interrupted(ran: subprocess.Popen[str]) -> str:
    """What is said on an interrupt; it is repeated, as one that comes right before a read waits for its end."""
    try:
        for _ in range(12):
            ran.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                return ran.communicate(timeout=10)[1]
        raise AssertionError("an interrupt ends nothing")
    finally:
        ran.kill()


@pytest.mark.real
def test_who_interrupts_gets_nothing_written_and_no_traceback(tmp_path: Path) -> None:
    pipe, out = tmp_path / "pool.json", tmp_path / "result.json"
    os.mkfifo(pipe)
    ran = started(pipe, "--out", out)
    with pipe.open("w", encoding="utf-8") as writing:  # opened as soon as it is read
        writing.write("{")
        writing.flush()
        errors = interrupted(ran)
    assert ran.returncode not in (0, 2)
    assert "Traceback" not in errors
    assert not out.exists()


@pytest.mark.parametrize("name", NO_NAMES)
def test_an_id_that_cannot_be_read_is_refused_where_it_stands(tmp_path: Path, name: str) -> None:
    people = json.dumps({"mentors": [{"id": name, "capacity": 1}], "mentees": [{"id": "Cy"}]})
    file = tmp_path / "people.json"
    file.write_text(people)
    ran = run(str(file), "--format", "json")
    assert ran.exit_code == 2
    assert "mentors[0].id: " in ran.stderr
