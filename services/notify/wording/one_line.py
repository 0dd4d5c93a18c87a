"""Text from people, made safe for places that hold one line."""

import unicodedata

CONTROLS = {"Cc", "Cs", "Zl", "Zp"}


def one_line(text: str) -> str:
    """The text with every run of blanks, line ends and control characters as a single blank.

    A name in a header, a template or a calendar can then add neither a header nor a paragraph.
    """
    visible = "".join(" " if unicodedata.category(character) in CONTROLS else character for character in text)
    return " ".join(visible.split())
