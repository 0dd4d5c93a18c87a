"""Filters of documents, as the store takes them: whether a document in hand is one that the database would find."""

from collections.abc import Mapping
from typing import Any

from shared.engine.ports.store import Where


def matches(document: Mapping[str, Any], where: Where) -> bool:
    """Return whether a document is one of those that a filter asks for."""
    for path, wanted in where.items():
        value = value_at(document, path)
        if not isinstance(wanted, dict):
            if value != wanted:
                return False
        elif not all(_compare(value, operator, operand) for operator, operand in wanted.items()):
            return False
    return True


def value_at(document: Mapping[str, Any], path: str) -> Any:  # whatever the document holds
    """Return what stands at a dotted path; None where it leads nowhere."""
    if "." not in path:
        return document.get(path)
    found: Any = document
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _compare(value: Any, operator: str, operand: Any) -> bool:
    if operator == "$in":
        return value in operand
    if operator == "$nin":
        return value not in operand
    if operator == "$elemMatch":
        return isinstance(value, list) and any(matches(item, operand) for item in value)
    if operator == "$all":
        return isinstance(value, list) and all(item in value for item in operand)
    if operator == "$exists":
        return (value is not None) is operand
    try:
        return bool({"$lte": value <= operand, "$gt": value > operand, "$gte": value >= operand}[operator])
    except TypeError:  # as in the database, what cannot be compared does not match
        return False
