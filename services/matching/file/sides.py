"""Which side each row of a table is on, where a column says so."""

from services.matching.file.findings import BadInput, Finding
from services.matching.file.notes import Note
from services.matching.file.person_rows import Table
from shared.vocabulary.roles import find_roles

COLUMNS = ("role", "roles")
"""Where the side may be said."""


def both_sides(table: Table) -> dict[str, Table]:
    """Split a table of mentors and mentees; raises `BadInput` where a row does not say which it has."""
    column = _column(table)
    if column is None:
        words = "has no column role: say of each whether it is a mentor or a mentee, or give two files"
        raise BadInput([Finding(table.name, words)])
    wrong = [
        Finding(f"{prefix}{column}", f"must be mentor, mentee or both, not {row.get(column, '')!r}")
        for prefix, row in zip(table.prefixes, table, strict=True)
        if not find_roles(str(row.get(column, "")))
    ]
    if wrong:
        raise BadInput(wrong)
    return {f"{role}s": _of_role(table, column, role) for role in ("mentor", "mentee")}


def of_side(table: Table, role: str) -> Table:
    """Take those of a side out of a table that is given for it; a row of the other side is noted and left out."""
    column = _column(table)
    if column is not None:
        chosen = _of_role(table, column, role)
        here = set(chosen.prefixes)
        others = [prefix.rstrip("., ") for prefix in table.prefixes if prefix not in here]
        chosen.notes += [Note(row, f"is no {role}: not among the {role}s") for row in others]
        return chosen
    for row in table:
        if "role" in row:
            row.setdefault("roles", row.pop("role"))
    return table


def _column(table: Table) -> str | None:
    """The column that says sides in most of its cells: one that says something else there is of jobs."""
    for column in COLUMNS:
        stated = [bool(find_roles(str(row[column]))) for row in table if column in row]
        if sum(stated) * 2 > len(stated):
            return column
    return None


def _of_role(table: Table, column: str, role: str) -> Table:
    chosen = Table(table.name)
    chosen.notes += table.notes
    for prefix, row in zip(table.prefixes, table, strict=True):
        roles = find_roles(str(row.get(column, "")))
        if not roles or role in roles:
            chosen.prefixes.append(prefix)
            chosen.append({key: value for key, value in row.items() if key != column})
    return chosen
