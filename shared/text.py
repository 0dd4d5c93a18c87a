"""Text from people: what of it is visible, and what may be a name; one rule for all who take names or show them."""

import re
import unicodedata

JOINERS = frozenset("\u200c\u200d")
"""They shape what they stand between: in emoji, in Persian and in languages of India. Elsewhere they are nothing."""

BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u034f\u180e")
"""Letters, signs and marks that look like nothing."""

SHOWN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Of the category of invisible formats, these are seen: signs around numbers of Arabic and its neighbors."""

SPREADSHEET_ERRORS = frozenset(
    "#N/A #GETTING_DATA #NV #N/D #DIV/0! #NAME? #NOME?".split()  # noqa: SIM905 - a table of words
)
"""What a spreadsheet in English, German or Italian shows instead of a value, beside `#REF!`, `#WERT!` and the like."""

_LINE_END = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def visible(text: str) -> str:
    """Return what a reader sees of a text, with its lines: nothing hides in it, and nothing turns what follows.

    Controls, surrogates, marks of direction (Unicode Standard Annex 9), tags, fillers and other invisible formats are
    left out. A joiner stays where it joins; line ends of every kind become `\\n`.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(map(_shown, _LINE_END.sub("\n", text)))
    return re.sub("[\u200c\u200d]", lambda found: found[0] if _joins(shown, found.start()) else "", shown)


def one_line(text: str) -> str:
    """Return what a reader sees of a text, as one line: each run of blanks is one.

    A name in a header, a template, a table or a calendar can then add neither a header nor a line.
    """
    return " ".join(visible(text).split())


def is_spreadsheet_error(text: str) -> bool:
    """Return whether a spreadsheet has written this in place of what a person typed."""
    plain = text.strip().upper()
    return plain in SPREADSHEET_ERRORS or bool(re.fullmatch(r"#{3,}|#\w+!", plain))


def joined_lines(cell: str) -> str:
    """Return a cell of a table with its line ends and tabs as blanks: there they only say how wide a column was."""
    return _LINE_END.sub(" ", cell).replace("\t", " ")


def checked_name(text: str) -> str:
    """Return a name as one visible line; raises `ValueError` with the remedy for what is none."""
    if _control(text.strip()):
        raise ValueError("a name has no control characters: write it in one line")
    name = one_line(text)
    if is_spreadsheet_error(name):
        raise ValueError(f"{name[:40]} is what a spreadsheet shows for a formula that failed: write the name")
    if not any(unicodedata.category(character)[0] in "LN" for character in name):
        raise ValueError("nothing of this name can be read: write it with letters")
    return name


def _control(text: str) -> bool:
    return any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if character in BLANK or category in {"Cc", "Cs"}:
        return character if character in "\n\t" else ""
    if category == "Cf" and character not in JOINERS and character not in SHOWN_FORMATS:
        return ""
    return "" if category == "Cn" and ord(character) & 0xFFFE == 0xFFFE else character


def _joins(text: str, at: int) -> bool:
    """Whether a joiner stands between two characters that are seen."""
    around = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    return all(one and not one.isspace() and one not in JOINERS for one in around)
