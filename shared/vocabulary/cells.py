"""One cell: cleaned on the way in, made harmless for a spreadsheet on the way out."""

import re
import unicodedata

from shared.text import one_line
from shared.vocabulary.findings import Finding, Note, left_out, understood
from shared.vocabulary.no_answers import is_no_answer

LONGEST_CELL = 2_000
"""Characters. Nobody types a longer answer: such a cell is left out."""

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001 - spreadsheets read the full-width forms as formulas, too

_ESCAPED = re.compile(f"'+[{re.escape(FORMULA_STARTS)}]")
_FORMULA = re.compile(f"'*[{re.escape(FORMULA_STARTS)}]")
_SIGNED_NUMBER = re.compile(r"[+-]\s*[\d.,]+")
_PART = re.compile(r"(?:[^;|\n(]+|\([^()]*\)|\()+")
_ENTRY = re.compile(r"(?:[^,(]+|\([^()]*\)|\()+")
_SENTENCE = re.compile(r"(?:[^,(]+|,(?=\s)|\([^()]*\)|\()+")
_BULLET = re.compile("^[\u2022\u25cf\u25aa\u2013*-]\\s+")


def export_cell(text: str) -> str:
    """Put an apostrophe before a text where a spreadsheet would run it as a formula (OWASP, CSV injection).

    Text that already looks escaped gets one more, so that `import_cell` gives back exactly what was exported.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def import_cell(cell: str) -> str:
    """Take off the apostrophe that `export_cell`, or a spreadsheet, put before a formula."""
    return cell[1:] if cell.startswith("'") and _ESCAPED.match(cell) else cell


def clean(cell: str, longest: int = LONGEST_CELL) -> Finding[str]:
    """Clean a cell: one line of normalized text (Unicode NFC) without control characters; empty when too long."""
    if len(cell) > longest:
        return Finding("", (left_out(cell, f"A cell of {len(cell):,} characters is left out: at most {longest:,}."),))
    if cell.isascii() and cell.isprintable():
        return Finding(" ".join(cell.split()), about_formula(cell))
    shown = one_line(cell)
    text = unicodedata.normalize("NFC", shown)
    hidden = shown != " ".join(cell.split())
    removed = (understood(ascii(cell), text, "Invisible characters were removed."),) if hidden else ()
    return Finding(text, (*removed, *about_formula(cell)))


def about_formula(cell: str) -> tuple[Note, ...]:
    """Note that a spreadsheet would run the cell, if it would."""
    text = cell.strip()
    if (
        not text
        or is_no_answer(text)
        or (cell[0] not in FORMULA_STARTS and text[0] not in FORMULA_STARTS)
        or _SIGNED_NUMBER.fullmatch(text)
    ):
        return ()
    return (understood(text, text, "It begins like a formula and is kept as plain text."),)


def split_list(text: str) -> list[str]:
    """Split a list at `;`, `|` or ends of lines, else at commas, all outside parentheses; empty entries are dropped.

    Beside the former, a comma with a blank behind it is part of an entry, as in a sentence.
    """
    parts = [part for part in _PART.findall(text) if part.strip()]
    entry = _ENTRY if len(parts) == 1 else _SENTENCE
    return [found for part in parts for one in entry.findall(part) if (found := _BULLET.sub("", one.strip()))]
