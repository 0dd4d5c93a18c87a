"""What is wrong with a file, and where."""

from collections.abc import Iterable
from typing import NamedTuple

from pydantic import ValidationError


class Finding(NamedTuple):
    """One thing that is wrong, with its place and what to do about it."""

    place: str
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"


class BadInput(Exception):
    """Nothing is computed: the findings must be put right first."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


REMEDIES = {
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "finite_number": "must be a number, neither NaN nor infinite",
    "float_type": "must be a number",
    "string_type": "must be a text",
    "string_too_short": "must not be empty",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "missing": "is missing",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "extra_forbidden": "is not known here: take it out",
    "string_too_long": "must have at most {max_length} characters",
    "string_unicode": "must be a text that can be written in UTF-8",
    "literal_error": "must be {expected}",
    "date_from_datetime_parsing": "must be a date such as 2027-02-01",
    "date_parsing": "must be a date such as 2027-02-01",
}


def findings(prefix: str, error: ValidationError) -> list[Finding]:
    """Put into words what pydantic has found, one finding for a field at most; the prefix goes before its name."""
    found = dict[str, Finding]()
    for one in error.errors():
        path = [part for part in one["loc"] if isinstance(part, int) or not _is_inner(part)]
        field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
        place = f"{prefix}{field.removeprefix('.')}".rstrip("., ")
        words = REMEDIES.get(one["type"], one["msg"].removeprefix("Value error, ")).format(**one.get("ctx", {}))
        given = "" if one["type"] in {"missing", "value_error"} else f", not {_shown(one['input'])}"
        found.setdefault(field, Finding(place, f"{words}{given}"))
    return list(found.values())


def _is_inner(part: str) -> bool:
    """Whether it names one of the types that a field can have, and no field."""
    return part in {"tuple", "float", "constrained-str"} or part.startswith("function-")


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:57]}..."
