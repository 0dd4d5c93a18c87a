"""How deep documents are nested: databases and parsers have an end to it."""

from collections.abc import Mapping
from typing import Any


def is_deeper(document: Any, levels: int) -> bool:  # whatever JSON or BSON has
    """Return whether objects and lists are nested in more levels than these, the document itself counted."""
    level = [document]
    for _ in range(levels):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, Mapping | list | tuple)]
        if not level:
            return False
    return True


def _inside(outer: Any) -> Any:
    return outer.values() if isinstance(outer, Mapping) else outer
