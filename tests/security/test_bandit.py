"""Whatever bandit finds is explained, one by one."""

from collections import Counter
from pathlib import Path

import pytest

from tests.security.bandit import found, remarks

EXPLAINED = '[kinds]\nB404 = "reason"\n[found."some.py"]\nB105 = ["reason"]\n'


@pytest.mark.real
def test_what_is_unsafe_is_found(tmp_path: Path) -> None:
    (tmp_path / "unsafe.py").write_text("import subprocess\nsubprocess.run('ls', shell=True)\neval(input())\n")
    assert {test for _, test in found([str(tmp_path)])} >= {"B404", "B602", "B307"}


@pytest.mark.parametrize(
    ("findings", "says"),
    [
        ([("some.py", "B105")], []),
        ([("some.py", "B105"), ("other.py", "B404")], []),
        ([("some.py", "B105"), ("other.py", "B105")], ["other.py: B105: mend it"]),
        ([("some.py", "B105"), ("some.py", "B105")], ["some.py: B105: mend it"]),
        ([], ["some.py: B105 is explained"]),
    ],
)
def test_findings_and_reasons_go_together(findings: list[tuple[str, str]], says: list[str], tmp_path: Path) -> None:
    (tmp_path / "explained.toml").write_text(EXPLAINED)
    said = remarks(Counter(findings), tmp_path / "explained.toml")
    assert [text[: len(start)] for text, start in zip(said, says, strict=True)] == says
