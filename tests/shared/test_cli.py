import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points, version
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.testing import CliRunner, Result

from shared.cli import GROUP, app, load

BROKEN = EntryPoint("broken", "nowhere.at.all:app", GROUP)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words, env={"COLUMNS": "200"})


def paths(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:  # Typer keeps the class to itself
    """The words that lead to this command, and to all below it."""
    yield path
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            yield from paths(below, (*path, name))


EVERY = [(), *(path for entry in entry_points(group=GROUP) for path in paths(load(entry), (entry.name,)))]


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_the_help_of_every_command_has_an_example(path: tuple[str, ...]) -> None:
    shown = run(*path, "--help")
    assert shown.exit_code == 0
    assert f"Example: {' '.join(['ithaca', *path])}" in shown.output


def test_all_commands_are_listed_with_what_they_do() -> None:
    shown = run().output
    assert all(command in shown for command in ("mail", "tour", "up"))
    assert "cannot be used" not in shown


def test_the_version_is_that_of_the_distribution() -> None:
    assert run("--version").output == f"ithaca {version('ithaca')}\n"


def test_a_command_that_does_not_exist_is_refused_with_a_sentence() -> None:
    shown = run("dwon")
    assert shown.exit_code == 2
    assert "No such command 'dwon'" in shown.output
    assert "Traceback" not in shown.output


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [
        ("evnts", "No such command 'evnts'. Did you mean 'events'"),
        ("deadletter list", "Did you mean 'deadletters'"),
        ("deadletters lst", "Did you mean 'list'"),
        ("match --strategy optimol x.json", "'group'; did you mean optimal?"),
        ("match --format HTLM x.json", "'html'; did you mean html?"),
        ("cell add acme --tier larg", "'large'; did you mean large?"),
        ("completion fihs", "'fish'; did you mean fish?"),
        ("match --explian x.json", "Possible options: --explain"),
        ("events --type matchacepted", "there is no type matchacepted; did you mean MatchAccepted?"),
        ("events --type ithaca.matching.MatchAcepted.v1", "did you mean ithaca.matching.MatchAccepted.v1?"),
        ("events --type 'Mtach*'", "there is no type Mtach*; did you mean Match*?"),
        ("replay matching --type MatchProposd", "there is no type MatchProposd; did you mean MatchProposed?"),
        ("doctor --service matchin", "did you mean matching?"),
    ],
)
def test_whoever_misspells_a_word_is_told_the_nearest(words: str, suggestion: str) -> None:
    shown = run(*shlex.split(words))
    assert shown.exit_code == 2
    assert suggestion in " ".join(shown.output.replace("│", " ").split())
    assert "Value error" not in shown.output


def test_a_word_that_is_near_none_is_told_without_a_guess() -> None:
    shown = run("match", "--strategy", "xyz", "x.json")
    assert "'xyz' is not one of 'optimal', 'stable', 'rolling', 'group'." in " ".join(shown.output.split())
    assert "mean" not in run("quux").output


@pytest.mark.real
def test_to_complete_the_name_of_a_command_none_is_loaded() -> None:
    code = (
        "import os, sys; from shared.cli import main\n"
        "sys.argv = ['ithaca']\n"
        "try: main()\n"
        "finally: print([name for name in ('deploy', 'services') if name in sys.modules])"
    )
    asked = {"_ITHACA_COMPLETE": "complete_bash", "COMP_WORDS": "ithaca m", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | asked, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["mail", "match", "[]"]


def test_a_command_that_cannot_be_loaded_tells_so_and_does_not_harm_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = [*entry_points(group=GROUP), BROKEN]

    def with_a_broken_one(**wanted: str) -> Any:  # as the standard library selects them
        return [entry for entry in installed if entry.matches(**wanted)]

    monkeypatch.setattr("shared.cli.entry_points", with_a_broken_one)
    shown = run("broken", "--what", "ever")
    assert shown.exit_code == 1
    assert "`ithaca broken` cannot be used: nowhere.at.all:app gives ModuleNotFoundError" in shown.output
    assert "Install Ithaca again" in shown.output
    assert run("mail", "--help").exit_code == 0
    assert "`ithaca broken` cannot be used" in run("--help").output
