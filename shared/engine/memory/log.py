"""The records of a partition in memory."""

from shared.engine.bus import Record

MARKER = Record("", 0, 0, None, None, ())
"""The end of a transaction: an offset without a record."""


class Log(list[Record]):
    """The records of a partition, from the offset `beginning` on: those before it were removed."""

    beginning = 0

    @property
    def end(self) -> int:
        """The offset of the next record."""
        return self.beginning + len(self)

    def read(self, offset: int, most: int) -> list[Record]:
        """At most so many records from an offset on, which has to be between `beginning` and `end`."""
        first = offset - self.beginning
        return self[first : first + most]

    def remove_before(self, offset: int) -> None:
        """Remove the records before an offset."""
        del self[: max(0, offset - self.beginning)]
        self.beginning = max(self.beginning, offset)

    def remove_from(self, offset: int) -> None:
        """Remove the records from an offset on."""
        del self[max(0, offset - self.beginning) :]
