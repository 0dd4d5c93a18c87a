"""What pages read of imports, and of the report on a file that is not taken yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.console.api import Shown
from services.console.frame.texts import msgid
from services.console.importing.sheet import Place

KINDS = ("refused", "left_out", "guessed", "understood")
"""Of remarks, the worst first."""

TITLES = {
    "name": msgid("Name"),
    "first_name": msgid("First name"),
    "last_name": msgid("Last name"),
    "email": msgid("E-mail"),
    "location": msgid("Place"),
    "time_zone": msgid("Time zone"),
    "languages": msgid("Languages"),
    "format": msgid("Format"),
    "seats": msgid("Seats"),
    "mentors": msgid("Mentors wanted"),
    "hours_per_month": msgid("Hours a month"),
    "months_available": msgid("Months"),
    "experience": msgid("Experience"),
    "years": msgid("Years"),
    "areas": msgid("Areas"),
    "programming_languages": msgid("Programming languages"),
    "goals": msgid("Goals"),
}
"""Of the columns, as people call them."""

TAKEN = ("would_create", "would_update", "unchanged")


class Remark(Shown):
    """What is said of a cell, or of a whole row."""

    column: str | None
    kind: str
    made: str | None
    sentence: str


class Row(Shown):
    """A row, and what would become of it."""

    line: int
    outcome: str
    remarks: Sequence[Remark] = ()

    def has(self, kind: str) -> bool:
        """Whether anything of that kind is said of it."""
        return any(remark.kind == kind for remark in self.remarks)

    @property
    def rank(self) -> tuple[int, int]:
        """Where it stands in the list: what has to be corrected comes first."""
        worst = min((KINDS.index(remark.kind) for remark in self.remarks), default=len(KINDS))
        return worst, self.line


class Report(Shown):
    """A file as it was read; nothing of it is saved."""

    sha256: str
    format: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    notes: Sequence[str]
    columns: Sequence[str]
    ignored_columns: Sequence[str]
    rows: Sequence[Row]
    cells: Sequence[Sequence[str]]
    totals: Mapping[str, int]

    def count(self, *outcomes: str) -> int:
        """Return how many rows become one of these."""
        return sum(self.totals.get(outcome, 0) for outcome in outcomes)

    @property
    def taken(self) -> int:
        """How many rows can be taken."""
        return self.count(*TAKEN)

    def with_remarks(self, kind: str) -> int:
        """Return of how many rows something of that kind is said."""
        return sum(row.has(kind) for row in self.rows)

    def lines(self) -> list[tuple[int, Sequence[str]]]:
        """Return the rows as they stand in the file, with their lines."""
        return [(row.line, cells) for row, cells in zip(self.rows, self.cells, strict=True)]

    def looked_at(self, kind: str) -> list["RowShown"]:
        """Return the rows of which something of a kind is said, or all, the worst first."""
        pairs = zip(self.rows, self.cells, strict=True)
        chosen = [pair for pair in pairs if not kind or pair[0].has(kind)]
        return [RowShown(self.columns, row, cells) for row, cells in sorted(chosen, key=lambda pair: pair[0].rank)]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with all that is said of it."""

    place: Place
    words: str
    remarks: Sequence[Remark]

    @property
    def kind(self) -> str:
        """The worst that is said of it."""
        return min((remark.kind for remark in self.remarks), key=KINDS.index, default="")

    @property
    def becomes(self) -> str:
        """What stands in it; where nothing does, what was guessed instead."""
        return self.words or next((remark.made for remark in self.remarks if remark.made), "")

    @property
    def is_to_correct(self) -> bool:
        """Whether a correction would help."""
        return self.kind in ("refused", "left_out")


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row of the file as a page shows it."""

    columns: Sequence[str]
    row: Row
    words: Sequence[str]

    @property
    def fits(self) -> bool:
        """Whether its cells are those of the columns."""
        return len(self.words) == len(self.columns)

    @property
    def remarks(self) -> list[Remark]:
        """What is said of the row as a whole."""
        return [remark for remark in self.row.remarks if not self.fits or self._column(remark) is None]

    def cells(self) -> Iterator[Cell]:
        """Return its cells, from the left."""
        for column, words in zip(self.columns, self.words, strict=True):
            said = [remark for remark in self.row.remarks if self._column(remark) == column]
            yield Cell(Place(self.row.line, column), words, said)

    def _column(self, remark: Remark) -> str | None:
        """Where a remark belongs; what is said of a name whose parts stand in two columns, to the first of them."""
        if remark.column in self.columns:
            return remark.column
        return "first_name" if remark.column == "name" and "first_name" in self.columns else None


class Terms(Shown):
    """What applies to all rows of an import."""

    role: str
    approve: bool


class ImportShown(Shown):
    """An import, and how far it has come."""

    id: str
    terms: Terms
    status: str
    slices: int
    done: int
    totals: Mapping[str, int]
    started_at: datetime | None
    problem: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether it goes on by itself."""
        return self.status in ("unstarted", "running")

    @property
    def rows(self) -> int:
        """How many rows something has become of."""
        return sum(self.totals.values())
