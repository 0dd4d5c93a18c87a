"""Pieces of Markdown, as both GitHub and the site show them."""

import json
from collections.abc import Iterable, Sequence
from os.path import relpath
from pathlib import Path
from typing import Any


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; what is in a cell is Markdown on one line. A column with nothing in it is left out."""
    every = [tuple(row) for row in rows]
    wanted = [at for at in range(len(head)) if any(row[at] for row in every)]
    lines = [[line[at] for at in wanted] for line in (head, ["---"] * len(head), *every)]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def fence(text: str, language: str) -> str:
    """Return a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def as_json(value: Any) -> str:  # a JSON document
    """Return a block of JSON."""
    return fence(json.dumps(value, indent=2, ensure_ascii=False), "json")


def folded(title: str, content: str) -> str:
    """Something that is shown when its title is clicked."""
    return f'<details markdown="1">\n<summary>{title}</summary>\n\n{content}\n\n</details>'


def link(text: str, to: Path, page: Path, anchor: str = "") -> str:
    """Return a link from one page to a file, or to a heading in it."""
    return f"[{text}]({Path(relpath(to, page.parent)).as_posix()}{f'#{anchor}' if anchor else ''})"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
