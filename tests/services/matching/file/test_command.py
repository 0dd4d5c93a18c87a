"""`ithaca match`: a file in, a result out, or every place that is wrong and nothing written."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.matching.file.command import app

SCORES: dict[str, list[dict[str, Any]]] = {
    "mentors": [{"id": "X"}, {"id": "Y"}],
    "mentees": [{"id": "a"}, {"id": "b"}],
    "scores": [
        {"mentee": "a", "mentor": "X", "score": 0.9},
        {"mentee": "b", "mentor": "X", "score": 0.8},
        {"mentee": "a", "mentor": "Y", "score": 0.85},
        {"mentee": "b", "mentor": "Y", "score": 0.1},
    ],
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def written(folder: Path, document: object) -> Path:
    path = folder / "pool.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def solved(folder: Path, document: object, *arguments: object) -> dict[str, Any]:
    out = folder / "result.json"
    ran = run(written(folder, document), "--out", out, *arguments)
    assert ran.exit_code == 0, ran.output
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def pairs(result: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["mentee"], one["mentor"]) for one in result["matches"]}


def test_scores_give_the_best_matching_with_its_proof(tmp_path: Path) -> None:
    result = solved(tmp_path, SCORES)
    assert pairs(result) == {("a", "Y"), ("b", "X")}
    assert (result["size"], result["total"], result["worst"], result["gap"]) == (2, 1.65, 0.8, 0)
    assert result["blocking_pairs"] == 1
    assert result["certificate"]["is_size_proved"]


def test_the_strategy_can_be_chosen(tmp_path: Path) -> None:
    result = solved(tmp_path, SCORES, "--strategy", "stable")
    assert pairs(result) == {("a", "X"), ("b", "Y")}
    assert result["blocking_pairs"] == 0


def test_rankings_with_ties_are_understood(tmp_path: Path) -> None:
    document = {
        "mentors": [{"id": "h1", "prefers": [["r1", "r2"]]}, {"id": "h2", "prefers": ["r2"]}],
        "mentees": [{"id": "r1", "prefers": ["h1"]}, {"id": "r2", "prefers": ["h1", "h2"]}],
    }
    assert pairs(solved(tmp_path, document, "--strategy", "stable")) == {("r1", "h1"), ("r2", "h2")}


def test_profiles_are_compared_and_explained(tmp_path: Path) -> None:
    document = {
        "program": {"weights": {"skills": 1}},
        "mentors": [{"id": "m", "skills": ["Python"], "languages": ["en"]}],
        "mentees": [{"id": "n", "skills": ["python", "go"]}, {"id": "o", "languages": ["it"]}],
    }
    result = solved(tmp_path, document, "--explain")
    assert result["matches"][0]["explanation"]["reasons"][0]["evidence"] == "in common: Python; also wanted: Go"
    assert [(one["id"], one["code"]) for one in result["unmatched"]] == [("o", "no_common_language")]


def test_pairs_that_were_accepted_stay(tmp_path: Path) -> None:
    document = SCORES | {"accepted": [{"mentee": "a", "mentor": "X"}]}
    assert pairs(solved(tmp_path, document, "--strategy", "rolling")) == {("a", "X"), ("b", "Y")}


def test_ids_may_be_whole_numbers(tmp_path: Path) -> None:
    document = {"mentors": [{"id": 1}], "mentees": [{"id": 2}], "scores": [{"mentee": 2, "mentor": 1, "score": 1}]}
    assert pairs(solved(tmp_path, document)) == {("2", "1")}


@pytest.mark.parametrize("side", ["mentors", "mentees"])
def test_an_empty_side_gives_an_empty_matching(tmp_path: Path, side: str) -> None:
    result = solved(tmp_path, SCORES | {side: [], "scores": []})
    assert (result["size"], result["matches"], len(result["unmatched"])) == (0, [], 2)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"mentors": [{"id": "X", "capacity": -1}]}, "mentors[0].capacity: must be 0 or more, not -1"),
    ({"mentors": [{"id": "X", "capacity": 1.5}]}, "mentors[0].capacity: must be a whole number, not 1.5"),
    ({"mentors": [{"id": "X"}, {"id": "X"}]}, "mentors[1].id: 'X' is also mentors[0]"),
    ({"mentors": [{"id": "X"}, {}]}, "mentors[1].id: is missing"),
    ({"mentors": [{"id": "X", "years": float("nan")}]}, "mentors[0].years: must be a number, neither NaN nor infinite"),
    ({"mentors": [{"id": "X", "time_zone": "Mars/Base"}]}, "mentors[0].time_zone: 'Mars/Base' is no time zone"),
    ({"mentors": [{"id": "X", "availability": ["Mon 10:00-09:00"]}]}, "mentors[0].availability: 'Mon 10:00-09:00'"),
    ({"mentors": [{"id": "X", "prefers": ["z"]}]}, "mentors[0].prefers: 'z' is nobody of the mentees"),
    ({"mentors": [{"id": "X", "prefers": ["a", "a"]}]}, "mentors[0].prefers: names somebody twice"),
    ({"mentors": [{"id": "X", "prefers": ["X"]}]}, "mentors[0].prefers: 'X' is nobody of the mentees"),
    ({"mentors": "X"}, "mentors: must be a list"),
    ({"scores": [{"mentee": "a", "mentor": "Z", "score": 1}]}, "scores[0].mentor: 'Z' is nobody of the mentors"),
    ({"scores": [{"mentee": "a", "mentor": "X", "score": float("inf")}]}, "scores[0].score: must be a number"),
    ({"scores": [{"mentee": "a", "mentor": "X", "score": -1}]}, "scores[0].score: must be a number"),
    ({"scores": SCORES["scores"] + SCORES["scores"][:1]}, "scores[4]: a with X is scored twice"),
    ({"program": {"weights": {"skills": 0}}}, "program: weights add up to nothing"),
    ({"program": {"weights": {"charm": 1}}}, "program: weights name no criterion: charm"),
    ({"program": {"constraints": {"minimum_score": 2}}}, "program.constraints.minimum_score: must be 1"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_bad_input_is_named_with_its_place_and_nothing_is_written(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    out = tmp_path / "result.json"
    ran = run(written(tmp_path, SCORES | change), "--out", out)
    assert ran.exit_code == 2
    assert [line for line in ran.stderr.splitlines() if line.startswith(words)], ran.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "words"), [("{", "pool.json:1:2: is not JSON"), ("[]", "pool.json: must be a JSON object")]
)
def test_what_is_not_json_is_refused_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "pool.json").write_text(text)
    ran = run(tmp_path / "pool.json")
    assert ran.exit_code == 2
    assert ran.stderr.startswith(words)


def test_a_strategy_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert run(written(tmp_path, SCORES), "--strategy", "best").exit_code == 2


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    ran = run(tmp_path / "none.json")
    assert ran.exit_code == 2
    assert "cannot be read" in ran.stderr


def test_either_a_pool_or_two_tables_are_needed() -> None:
    assert run().exit_code == 2


def tables(folder: Path, mentors: str, mentees: str, encoding: str = "utf-8") -> tuple[object, ...]:
    (folder / "mentors.csv").write_text(mentors, encoding=encoding)
    (folder / "mentees.csv").write_text(mentees, encoding=encoding)
    return "--mentors", folder / "mentors.csv", "--mentees", folder / "mentees.csv"


def test_two_tables_are_matched(tmp_path: Path) -> None:
    given = tables(
        tmp_path,
        "ID,Capacity,Skills,Languages,Shoe size\nAda,2,Python; SQL,en;de,38\nBob,1,Java,en,44\n",
        "id;skills;languages;e-mail\nCy;Python|Rust;en;\nDi;Java;it;di@example.org\n\n",
        encoding="utf-8-sig",
    )
    ran = run(*given, "--format", "json")
    assert ran.exit_code == 0, ran.stderr
    assert pairs(json.loads(ran.stdout)) == {("Cy", "Ada")}
    assert "mentors: Shoe size is not used" in ran.stderr


@pytest.mark.parametrize(
    ("mentors", "words"),
    [
        ("name\nAda\n", "mentors.csv row 1: has no column id"),
        ("id,id\nAda,Bob\n", "mentors.csv row 1: repeats the column id"),
        ("id,capacity\nAda,two\n", "mentors.csv row 2, capacity: must be a whole number, not 'two'"),
        ("id,is_remote\nAda,maybe\n", "mentors.csv row 2, is_remote: must be yes or no"),
        ("id\nAda,Bob,Cy\n", "mentors.csv row 2: has 3 cells for 1 columns"),
    ],
)
def test_a_table_that_is_wrong_is_named_with_its_row(tmp_path: Path, mentors: str, words: str) -> None:
    ran = run(*tables(tmp_path, mentors, "id\nCy\n"))
    assert ran.exit_code == 2
    assert words in ran.stderr


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    ran = run(*tables(tmp_path, "id\nJörg\n", "id\nCy\n", encoding="latin-1"))
    assert ran.exit_code == 2
    assert (
        "mentors.csv line 2: the byte 0xF6 is not utf-8. Save the file as UTF-8, or choose its encoding" in ran.stderr
    )
    given = tables(tmp_path, "id\nJörg\n", "id\nCy\n", encoding="latin-1")
    assert "Jörg" in run(*given, "--encoding", "cp1252", "--format", "json").stdout


class Page(HTMLParser):
    """What a browser would load from elsewhere, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [f"{tag} {value}" for name, value in attrs if name in {"src", "href"}]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_needs_nothing_else_and_shows_ids_as_text(tmp_path: Path) -> None:
    document = {
        "program": {"weights": {"skills": 1}},
        "mentors": [{"id": "<script>alert(1)</script>", "skills": ["python"]}],
        "mentees": [{"id": "n & co", "skills": ["python"]}, {"id": "o", "skills": ["go"]}],
    }
    out = tmp_path / "report.html"
    assert run(written(tmp_path, document), "--format", "html", "--out", out).exit_code == 0
    text = out.read_text(encoding="utf-8")
    page = Page(text)
    assert page.loaded == []
    assert "<script" not in text
    assert {"<script>alert(1)</script>", "n & co"} <= {*page.words}
    assert any("compete for 1 seat" in words for words in page.words)
    assert "{" not in text.partition("</style>")[2]


def test_the_page_says_from_what_it_was_made_and_where_the_rest_is(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    assert run(written(tmp_path, SCORES), "--seed", "7", "--format", "html", "--out", out).exit_code == 0
    record = solved(tmp_path, SCORES, "--seed", "7")["record"]
    assert record["settings"]["objective"]
    assert Page(out.read_text(encoding="utf-8")).words[-2] == (
        f"Made by Ithaca {record['version']}, strategy optimal, seed 7, "
        f"from the people with the fingerprint {record['input_hash'][:12]}. "
        "All settings, exact figures and the whole record: --format json."
    )


def test_the_table_is_what_is_shown_by_default(tmp_path: Path) -> None:
    ran = run(written(tmp_path, SCORES))
    assert "2 matched by `optimal`: total 1.65, worst 0.80." in ran.stdout
    assert "no matching has more pairs" in ran.stdout
