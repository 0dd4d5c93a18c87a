"""Texts that are made, as a whole or between two lines of a file that is otherwise written by hand."""

from difflib import unified_diff
from pathlib import Path
from string import Template

HEAD = "# Made by `make manifests`: do not edit.\n"
BEGIN = "# From here to the end mark, made by `make manifests`: do not edit."
END = "# End of what is made."

PARTS = Path(__file__).parent / "parts"


class NoRoom(Exception):
    """A file has no lines between which something is to be put."""


def part(name: str, /, **values: object) -> str:
    """A part of a manifest, with the values in it."""
    return Template((PARTS / f"{name}.yaml").read_text()).substitute(values)


def whole(text: str) -> str:
    """The text of a file that is made as a whole."""
    return HEAD + text.removeprefix("---\n")


def between(file: Path, made: str) -> str:
    """The text of the file with what is made between its two marks; raises NoRoom."""
    before, begin, rest = file.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise NoRoom(f"{file} has lost its marks: write the line\n{BEGIN}\nand behind it\n{END}")
    indent = before.rpartition("\n")[2]
    return f"{before}{BEGIN}\n{made}{indent}{END}{after}"


def difference(path: str, found: str | None, wanted: str | None) -> str:
    """What differs, as lines of a diff, the first of them only where there are many."""
    lines = list(unified_diff((found or "").splitlines(), (wanted or "").splitlines(), path, path, n=1, lineterm=""))
    shown, rest = lines[:SHOWN], len(lines) - SHOWN
    return "\n".join([*shown, *([f"... and {rest} lines more"] if rest > 0 else [])])


SHOWN = 16
"""Lines of each difference."""
