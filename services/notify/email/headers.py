"""Headers of a mail, encoded by us.

The standard library reads again what it is given as a header: it decodes what looks encoded, and writes it out decoded,
line ends included (in 3.11.7 and 3.12.1, for instance). What a person has typed must never be read as anything.
"""

import re
from email.header import Header
from email.policy import Policy
from typing import Self

from services.notify.mailbox import Mailbox
from shared.text import one_line

LINE = 76
"""Characters of a header's line."""

LONGEST_NAME, LONGEST_SUBJECT = 120, 300
"""Characters."""

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_QUOTABLE = re.compile(r"[ !#-\[\]-~]*")


class EncodedHeader(str):
    """The value of a header, which the library takes as it is."""

    __slots__ = ("name",)
    name: str

    def __new__(cls, name: str, value: str) -> Self:
        """Encoded words are told apart by single blanks."""
        header = super().__new__(cls, value)
        header.name = name
        return header

    def fold(self, *, policy: Policy) -> str:
        """Return the header as it is sent, with a line for each encoded word (RFC 2047, section 2)."""
        return f"{self.name}: {self.replace('?= =?', f'?={policy.linesep} =?')}{policy.linesep}"


def subject(text: str) -> EncodedHeader:
    """Return the header with a text of any kind as one visible line."""
    line = one_line(text)[:LONGEST_SUBJECT]
    is_plain = line.isascii() and "=?" not in line and len(line) < LINE - len("Subject: ")
    return EncodedHeader("Subject", line if is_plain else _encoded(line))


def mailbox(name: str, of: Mailbox) -> EncodedHeader:
    """Return the header of this name with one mailbox: who it is from, or for."""
    phrase = _phrase(one_line(of.name)[:LONGEST_NAME].strip())
    return EncodedHeader(name, f"{phrase} <{of.address}>" if phrase else of.address)


def _phrase(name: str) -> str:
    """As atoms if it is of such, quoted if ASCII, else encoded (RFC 5322, section 3.2)."""
    if "=?" in name or not _QUOTABLE.fullmatch(name) or len(name) > LINE // 2:
        return _encoded(name)
    return name if _ATOMS.fullmatch(name) else f'"{name}"'


def _encoded(text: str) -> str:
    """As encoded words in UTF-8, whatever the text looks like."""
    return Header(text, "utf-8", maxlinelen=LINE, header_name="Subject").encode(linesep="\n").replace("\n ", " ")
