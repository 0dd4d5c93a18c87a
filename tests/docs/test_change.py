"""The guide to changes is so: its blocks are applied to a copy of the tree, and what it says to run goes well there."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from typing import NamedTuple

import pytest

from shared.documents.places import ROOT
from tests.copied_tree import Tree

GUIDE = ROOT / "docs" / "guides" / "change.md"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
RUNS = {
    "make contracts": ("-m", "shared.documents"),
    "make manifests": ("-m", "deploy.manifests"),
    ".venv/bin/pytest": ("-m", "pytest", "-q"),
}


class DoesNotFit(Exception):
    """A file is not as the guide says."""


class Block(NamedTuple):
    """What stands in a fence of the guide; without a file, it only shows something, or says what to run."""

    language: str
    file: str
    text: str


def blocks() -> list[Block]:
    """Those of the guide, in its order."""
    return [Block(*found) for found in BLOCK.findall(GUIDE.read_text())]


def changed(text: str, diff: str) -> str:
    """A text with the changes of a diff, each at the one place that it fits; raises DoesNotFit."""
    for hunk in re.split(r"^@@\n", diff, flags=re.MULTILINE):
        before, after = (
            "".join(line[1:] + "\n" for line in hunk.splitlines() if line[:1] in signs) for signs in (" -", " +")
        )
        if text.count(before) != 1:
            raise DoesNotFit(f"{text.count(before)} places fit:\n{before}")
        text = text.replace(before, after)
    return text


def apply(block: Block, folder: Path) -> None:
    """Make one change of the guide."""
    file = folder / block.file
    if block.language == "diff":
        file.write_text(changed(file.read_text(), block.text))
        return
    assert not file.exists(), f"{block.file} is there already"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block.text)


def commands(block: Block) -> Iterator[list[str]]:
    """What a block says to run, as words for Python."""
    for line in block.text.splitlines():
        program = next(program for program in RUNS if line.startswith(program))
        yield [*RUNS[program], *line.removeprefix(program).split()]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A copy in which all steps of the guide are taken, one after the other."""
    tree = Tree.copied(tmp_path_factory.mktemp("tree"))
    for block in blocks():
        if block.file:
            apply(block, tree.folder)
            if block.file == "pyproject.toml":
                tree.install()
        elif block.language == "sh":
            for words in commands(block):
                tree.says(*words)
    return tree


@pytest.mark.real
def test_all_steps_of_the_guide_can_be_taken(tree: Tree) -> None:
    page, compose = (tree.folder / name for name in ("docs/events/sessions/ActionDropped.v1.md", "deploy/compose.yaml"))
    assert "command [`DropAction`]" in page.read_text()
    assert "| tallies | `count-dropped` |" in page.read_text()
    assert "ithaca/tallies:dev" in compose.read_text()


@pytest.mark.real
def test_what_the_guide_writes_is_formatted_and_clean(tree: Tree) -> None:
    written = sorted({block.file for block in blocks() if block.file.endswith(".py")})
    assert len(written) > 12
    assert tree.run("-m", "ruff", "format", "--diff", *written).stdout == ""
    tree.says("-m", "ruff", "check", "--no-cache", *written)
    tree.says("-m", "mypy", "--no-error-summary", "services/sessions", "services/tallies", "tests/services/tallies")


def test_every_step_fits_the_code_as_it_is(tmp_path: Path) -> None:
    """Whoever changes what the guide builds on learns of it at once, without a copy of everything."""
    for block in blocks():
        file = tmp_path / block.file
        if block.language == "diff" and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            copy(ROOT / block.file, file)
        if block.file:
            apply(block, tmp_path)
    assert "tallies" in (tmp_path / "pyproject.toml").read_text()


def test_what_the_guide_shows_of_the_code_is_there() -> None:
    shown = [block.text for block in blocks() if block.language == "python" and not block.file]
    code = "\n".join(path.read_text() for path in (ROOT / "services" / "sessions").rglob("*.py"))
    assert shown
    assert [text for text in shown if text.strip() not in code] == []


@pytest.mark.parametrize("text", ["one\nthree\n", "one\ntwo\none\ntwo\n"])
def test_a_step_that_no_longer_fits_is_found(text: str) -> None:
    with pytest.raises(DoesNotFit):
        changed(text, " one\n-two\n+2\n")
    assert changed("one\ntwo\nthree\n", " one\n-two\n+2\n@@\n three\n+four\n") == "one\n2\nthree\nfour\n"
