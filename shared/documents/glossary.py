"""The glossary: the words of Ithaca, made from one file."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.documents.markdown import table

SOURCE = Path(__file__).with_name("glossary.toml")

HEAD = """# Glossary

One word for one thing, in code, in events, over HTTP and on these pages. Other words for the same thing are not used.
"""


def meanings() -> dict[str, str]:
    """Return every word with its meaning; raises `ValueError` for a word that has two."""
    found: dict[str, str] = {}
    for part in _parts():
        if doubled := found.keys() & part["words"].keys():
            raise ValueError(f"{SOURCE.name}: {', '.join(sorted(doubled))} is there twice")
        found |= part["words"]
    return found


def glossary() -> str:
    """Return the page, each part in alphabetical order."""
    return "\n".join([HEAD, *map(_part, _parts())])


def _part(part: Mapping[str, Any]) -> str:
    rows = [(f"**{word}**", part["words"][word]) for word in sorted(part["words"], key=str.casefold)]
    about = f"{part['about']}\n\n" if "about" in part else ""
    return f"## {part['title']}\n\n{about}{table(('word', 'meaning'), rows)}\n"


def _parts() -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = tomllib.loads(SOURCE.read_text())["part"]
    return parts
