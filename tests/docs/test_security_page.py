"""The page of security names every requirement once, with a test that exists or with a reason."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
CHAPTERS = {
    "6.1": 3,
    "6.2": 12,
    "6.3": 4,
    "6.4": 4,
    "6.5": 5,
    "6.6": 3,
    "6.8": 4,
    "7.1": 3,
    "7.2": 4,
    "7.3": 2,
    "7.4": 5,
    "7.5": 2,
    "7.6": 2,
    "8.1": 2,
    "8.2": 3,
    "8.3": 1,
    "8.4": 1,
    "9.1": 3,
    "9.2": 4,
    "10.1": 2,
    "10.2": 2,
    "10.3": 4,
    "10.4": 11,
    "10.5": 5,
    "10.6": 2,
    "10.7": 3,
}
"""How many requirements of the levels 1 and 2 each section of ASVS 5.0.0 has; they are the first ones."""
REQUIREMENTS = [f"{section}.{number}" for section, count in CHAPTERS.items() for number in range(1, count + 1)]

Row = tuple[str, str, str]
"""The requirement, what is so here, and the proof."""


def rows(page: str) -> list[Row]:
    """The rows of the tables."""
    found = re.findall(r"^\| (\d+\.\d+\.\d+) \| .+? \| (.+?) \| (.*) \|$", page, flags=re.MULTILINE)
    return [(id, here, proof.strip()) for id, here, proof in found]


def unproved(found: list[Row]) -> Iterator[str]:
    """Rows without a reason whose test is not there."""
    for id, here, proof in found:
        if here.startswith("Reason: ") and not proof:
            continue
        named = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", proof)
        if named is None or named[2] not in defined_in(ROOT / named[1]):
            yield f"{id}: {proof or 'no proof'}"


@cache
def defined_in(file: Path) -> set[str]:
    """The names of the tests in a file."""
    if not file.exists():
        return set()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {one.name for one in ast.parse(file.read_text()).body if isinstance(one, functions)}


def test_every_requirement_is_there_once_in_its_order() -> None:
    assert [id for id, _, _ in rows(PAGE.read_text())] == REQUIREMENTS


def test_every_row_has_a_test_that_exists_or_a_reason() -> None:
    assert list(unproved(rows(PAGE.read_text()))) == []


@pytest.mark.parametrize(
    "row",
    [
        ("6.1.1", "so it is", ""),
        ("6.1.1", "so it is", "`tests/docs/test_security_page.py::test_that_is_not_there`"),
        ("6.1.1", "so it is", "`tests/docs/nowhere.py::test_every_row_has_a_test_that_exists_or_a_reason`"),
        ("6.1.1", "so it is", "somebody has looked at it"),
        ("6.1.1", "Reason: none", "`tests/docs/nowhere.py::test_some`"),
    ],
)
def test_a_row_without_a_proof_is_found(row: Row) -> None:
    assert list(unproved([row])) != []
