"""The guide for organizations works as it stands: all its blocks, pasted at once into a shell beside a system."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.settings import LocalSettings
from deploy.local.system import local_system
from tests.docs.test_guides import CODE, GUIDES

pytestmark = pytest.mark.real

MINUTES = 5
TOLD = """
LINK=$(ithaca sign-in | sed -n 's/.*link=//p')
NEWCOMER=$(curl -s "$INTAKE/v1/sign-in" -H 'Content-Type: application/json' -d '{"link": "'$LINK'"}')
jq -n --argjson matches "$(curl -s "$MATCHING/v1/programs/$PROGRAM/matches" -H "Authorization: Bearer $TOKEN")" \\
  --argjson application "$(curl -s "$INTAKE/v1/applications/$APPLICATION" -H "Authorization: Bearer $TOKEN")" \\
  --argjson newcomer "$NEWCOMER" \\
  '{matches: [$matches.items[].status], application: $application.status, newcomer: $newcomer.token_type}' \\
  > "$HOME/told.json"
"""
"""What the shell that did all of it tells of the end."""


def pasted() -> str:
    """All that the guide says to type, in its order."""
    guide = (GUIDES / "organizations.md").read_text()
    return "\n".join(code for language, code in CODE.findall(guide) if language == "sh")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The home of somebody whose system runs where the guide looks for it."""
    monkeypatch.setenv("ITHACA_HOME", str(tmp_path / ".local/share/ithaca"))
    with local_system(LocalSettings(), lambda *_: None):
        yield tmp_path


def shell(home: Path, typed: str) -> str:
    """What a shell with `ithaca` on its path says while all of it is typed ahead."""
    environment = {"HOME": str(home), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    ran = subprocess.run(
        ["bash"],
        input=typed,
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60 * MINUTES,
        check=True,
    )
    return ran.stdout + ran.stderr


def test_the_guide_leads_to_a_match_when_all_of_it_is_pasted_at_once(home: Path) -> None:
    said = shell(home, pasted() + TOLD)
    told = json.loads((home / "told.json").read_text())
    # The mentee leaves at the end, which shows a moment later.
    assert told["matches"] in (["accepted"], ["unwound"]), said
    assert told["application"] == "left", said
    assert told["newcomer"] == "Bearer", said
    problems = set(re.findall(r'"code": ?"([a-z-]+)"', said))
    assert problems == {"token-refused"}, said  # which the guide shows on purpose
    assert "still not so" not in said, said
    assert "jq: error" not in said, said
