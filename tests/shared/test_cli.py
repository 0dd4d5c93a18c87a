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
