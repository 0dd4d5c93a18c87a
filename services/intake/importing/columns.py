"""The columns of a file of people, and the name where it stands in two."""

from collections.abc import Mapping

from shared.sheets.columns import Layout
from shared.vocabulary.no_answers import is_nobody

COLUMNS = (
    "name", "email", "location", "time_zone", "languages", "format", "seats", "mentors", "hours_per_month",
    "months_available", "experience", "years", "areas", "programming_languages", "goals",
)  # fmt: skip

PEOPLE = Layout(
    columns=(*COLUMNS, "first_name", "last_name"),
    required=(("name", "first_name", "last_name"), ("email",)),
)
"""A name may be in one column or in two."""


def whole_name(cells: Mapping[str, str]) -> str:
    """Return the name in a row.

    Of first and last name, a column `Name` can be either, as it is in German and Italian beside the other one: what it
    lacks comes from there.
    """
    name = cells.get("name", "")
    first, last = (_unless_nobody(cells.get(column, "")) for column in ("first_name", "last_name"))
    if (name.strip() and first and last) or not (first or last):
        return name
    return " ".join(part for part in (_unless_in(first, name), name, _unless_in(last, name)) if part)


def _unless_nobody(part: str) -> str:
    return "" if is_nobody(part) else part.strip()


def _unless_in(part: str, name: str) -> str:
    return "" if {*part.casefold().split()} <= {*name.casefold().split()} else part
