"""The page of roles, read as a stranger reads it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.documents.places import ROLES

ROW = re.compile(r"\| (?P<method>[A-Z]+) \| \[`(?P<path>[^`]+)`\]\([^)]*\) \| (?P<cells>.*) \|")


@dataclass(frozen=True, slots=True)
class Line:
    """One operation, and what the page says for each role."""

    method: str
    path: str
    cells: Mapping[str, str]


def sections() -> dict[str, list[Line]]:
    """The lines of each service, and of every service."""
    found = dict[str, list[Line]]()
    title, roles = "", list[str]()
    for line in ROLES.read_text().splitlines():
        if line.startswith("## "):
            title = line.removeprefix("## ").lower()
        elif line.startswith("|  |  |"):
            roles = [cell.strip() for cell in line.split("|")[3:-1]]
        elif row := ROW.fullmatch(line):
            cells = [cell.strip() for cell in row["cells"].split("|")]
            found.setdefault(title, []).append(Line(row["method"], row["path"], dict(zip(roles, cells, strict=True))))
    return found
