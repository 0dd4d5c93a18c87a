"""docs/engine.md names tests for every invariant, and they exist."""

import re
from pathlib import Path

from tests.simulation.defects import DEFECTS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "engine.md").read_text()
SECTION = DOCUMENT.partition("## Invariants")[2].partition("\n## ")[0]
INVARIANTS = re.split(r"^\*\*E\d+\.\*\* ", SECTION, flags=re.MULTILINE)[1:]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_invariant_names_tests_and_they_exist() -> None:
    assert len(INVARIANTS) >= 19
    for invariant in INVARIANTS:
        named = NAMED.findall(invariant)
        assert named, f"no test is named for: {invariant}"
        for path, name in named:
            assert (ROOT / path).exists(), f"{path} is named and does not exist"
            assert not name or f"def {name}(" in (ROOT / path).read_text(), f"{path} has no {name}"


def test_every_planted_defect_belongs_to_an_invariant() -> None:
    planted = re.findall(r"^- planted: (.+)$", DOCUMENT, flags=re.MULTILINE)
    assert sorted(name for line in planted for name in line.split("; ")) == sorted(DEFECTS)
