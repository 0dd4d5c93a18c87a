"""What bash, zsh and fish complete, tried in the shells themselves."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.cli import app

PATIENCE = 60.0
"""Seconds for a shell to show what it completes: it starts the command line for every tab."""

EXPECTED = {
    "ithaca matc": "ithaca match ",
    "ithaca match --strategy opt": "ithaca match --strategy optimal ",
    "ithaca match --expl": "ithaca match --explain ",
    "ithaca deadletters disc": "ithaca deadletters discard ",
    "ithaca events --type MatchAcc": "ithaca events --type MatchAccepted ",
    "ithaca events --service eval": "ithaca events --service evaluation ",
    "ithaca match --mentors peo": "ithaca match --mentors people.csv ",
}


def program(name: str) -> str:
    if not (found := shutil.which(name)):
        pytest.skip(f"{name} is not there, so nothing was completed by it: apt-get install {name}")
    return found


def surroundings(home: Path) -> dict[str, str]:
    (home / "people.csv").touch()
    own = {"HOME": str(home), "TERM": "dumb", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return {name: value for name, value in os.environ.items() if not name.startswith("ITHACA")} | own


@contextmanager
def terminal(home: Path, *command: str) -> Iterator[int]:
    """A shell that somebody types in: its end of the terminal."""
    ours, theirs = pty.openpty()
    environment = surroundings(home)
    child = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=home, env=environment)
    try:
        yield ours
    finally:
        child.kill()
        child.wait()
        os.close(ours)
        os.close(theirs)


def shown(ours: int, wanted: str) -> str:
    """What the terminal shows until it shows what is wanted."""
    text, until = "", time.monotonic() + PATIENCE
    while wanted not in text and (left := until - time.monotonic()) > 0:
        if select.select([ours], [], [], left)[0]:
            text += os.read(ours, 4096).decode(errors="replace")
    return text


@pytest.mark.real
@pytest.mark.parametrize(
    ("shell", "start"),
    [
        (("bash", "--norc", "--noprofile", "-i"), 'eval "$(ithaca completion bash)"'),
        (("zsh", "-f", "-i"), 'autoload -Uz compinit; compinit -u; eval "$(ithaca completion zsh)"'),
    ],
    ids=["bash", "zsh"],
)
def test_a_tab_completes_what_was_begun(shell: tuple[str, ...], start: str, tmp_path: Path) -> None:
    with terminal(tmp_path, program(shell[0]), *shell[1:]) as ours:
        os.write(ours, f"{start}; echo read''y\n".encode())
        assert "ready" in shown(ours, "ready")
        for begun, whole in EXPECTED.items():
            os.write(ours, f"\x15{begun}\t".encode())
            assert whole in shown(ours, whole), begun


@pytest.mark.real
def test_fish_completes_what_was_begun_with_what_it_means(tmp_path: Path) -> None:
    fish = program("fish")
    lines = "; ".join(f"complete -C '{begun}'" for begun in EXPECTED)
    words = [
        fish,
        "--no-config",
        "-c",
        f"ithaca completion fish | source; {lines}; complete -C 'ithaca deadletters re'",
    ]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, env=surroundings(tmp_path), check=True)
    found = [line.partition("\t")[0] for line in done.stdout.splitlines()]
    assert found[: len(EXPECTED)] == [whole.split()[-1] for whole in EXPECTED.values()]
    assert "replay\tHand messages to their handlers again" in done.stdout


@pytest.mark.real  # Typer asks bash for its version
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_of_its_own_and_by_default_that_of_the_shell_one_is_in(shell: str) -> None:
    named = CliRunner().invoke(app, ["completion", shell])
    own = CliRunner().invoke(app, ["completion"], env={"SHELL": f"/usr/bin/{shell}"})
    assert named.exit_code == 0
    assert f"_ITHACA_COMPLETE=complete_{shell}" in named.output
    assert own.output == named.output
    assert "_ITHACA_COMPLETE" not in os.environ


def test_a_shell_for_which_there_is_nothing_is_refused_with_those_for_which_there_is() -> None:
    result = CliRunner().invoke(app, ["completion"], env={"SHELL": "/bin/dash"})
    assert result.exit_code == 2
    assert "name the shell: bash, zsh, fish" in result.output


@pytest.mark.real
def test_it_is_installed_for_the_shell_that_one_is_in(tmp_path: Path) -> None:
    bash = program("bash")
    words = [bash, "--norc", "-c", "ithaca --install-completion; true"]
    done = subprocess.run(words, capture_output=True, text=True, env=surroundings(tmp_path), check=True)
    assert "bash completion installed in" in done.stdout
    assert ".bash_completions/ithaca.sh" in (tmp_path / ".bashrc").read_text()
