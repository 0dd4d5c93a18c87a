"""The records of a partition in memory."""

from shared.engine.ports.bus import Record

MARKER = Record("", 0, 0, None, None, ())
"""An offset without a record: where a transaction ends, and where something was that has been undone."""


class Log(list[Record]):
    """The records of a partition, from the offset `beginning` on: those before it were removed."""

    def __init__(self) -> None:
        super().__init__()
        self.beginning = 0
        self.open: dict[str, list[int]] = {}
        """The offsets of what was appended in transactions that are under way, by name."""

    @property
    def end(self) -> int:
        """The offset of the next record."""
        return self.beginning + len(self)

    @property
    def stable(self) -> int:
        """Where readers have to wait: at the first record of a transaction that is under way."""
        return min((offsets[0] for offsets in self.open.values()), default=self.end)

    def read(self, offset: int, most: int) -> list[Record]:
        """At most so many records from an offset on, which has to be between `beginning` and `end`."""
        first = offset - self.beginning
        return self[first : min(first + most, max(0, self.stable - self.beginning))]

    def complete(self, transaction: str, undo: bool) -> None:
        """End a transaction: readers get its records from now on, or they are gone."""
        for offset in self.open.pop(transaction):
            if undo and offset >= self.beginning:
                self[offset - self.beginning] = MARKER
        self.append(MARKER)

    def remove_before(self, offset: int) -> None:
        """Remove the records before an offset."""
        del self[: max(0, offset - self.beginning)]
        self.beginning = max(self.beginning, offset)

    def remove_from(self, offset: int) -> None:
        """Remove the records from an offset on."""
        del self[max(0, offset - self.beginning) :]
