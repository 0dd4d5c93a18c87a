"""A row as it stands in a file, before anybody knows its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Record:
    """Its cells, from the left; `line` is where it begins, from 1.

    `is_addressed` if each cell says in which column it stands, as in xlsx: none can then have slipped under another
    title. `unread` says of cells, by position, why they could not be read; they are empty.
    """

    line: int
    cells: Sequence[str]
    is_addressed: bool = False
    unread: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether no cell says anything."""
        return not self.unread and not any(cell and not cell.isspace() for cell in self.cells)
