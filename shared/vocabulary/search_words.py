"""Names as people look for them: words without case and accents, and the beginnings by which an index finds them."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 16
"""Letters of a word that are looked at."""
LONGEST_UNBROKEN = 4
"""The same in scripts that write names without blanks, where a search may begin at any letter."""
MOST_WORDS = 8
"""Of a search; the others only make it longer."""

_ONE_LETTER = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "\u0131": "i", "ŋ": "n", "ə": "e"}
    | {"þ": "th", "æ": "ae", "œ": "oe"}
    | {"\u06cc": "\u064a", "\u0649": "\u064a", "\u06a9": "\u0643", "\u0629": "\u0647", "\u0640": ""}
)
"""Letters that Unicode does not take apart, and those that neighbors in one script write otherwise."""
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""How these are written where keyboards lack them."""

_JOINED = re.compile("['`\u2018\u2019\u02bc\u200c\u200d\u2010-\u2015-]")
"""What stands within a name: whoever looks for it writes a blank there, or nothing."""
_UNBROKEN = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]"
)


def folded(text: str) -> str:
    """Return a text without case, accents and the differences between letters that are only written otherwise."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(one for one in parts if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", plain.casefold().translate(_ONE_LETTER))


def beginnings(name: str) -> set[str]:
    """Return all that a search for a name may begin with, word by word."""
    composed = unicodedata.normalize("NFC", name).casefold()
    spellings = {folded(composed), folded(composed.translate(_TWO_LETTERS))}
    written = {one for text in spellings for one in (text, _JOINED.sub("", text))}
    return {beginning for text in written for word in _words(text) for beginning in _beginnings(word)}


def searched_words(text: str) -> list[str]:
    """Return the words of a search, each as `beginnings` has it, the longest first."""
    words = {word[: _longest(word)] for word in _words(folded(text))}
    return sorted(words, key=lambda word: (-len(word), word))[:MOST_WORDS]


def _words(text: str) -> list[str]:
    return "".join(one if unicodedata.category(one)[0] in "LMN" else " " for one in text).split()


def _beginnings(word: str) -> Iterator[str]:
    longest = _longest(word)
    for start in range(len(word) if longest == LONGEST_UNBROKEN else 1):
        yield from (word[start:end] for end in range(start + 1, min(len(word), start + longest) + 1))


def _longest(word: str) -> int:
    return LONGEST_UNBROKEN if _UNBROKEN.search(word) else LONGEST
