"""Known words under many spellings, and the word that a misspelled one probably stands for."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")

SHORTEST_GUESS = 5
"""Characters. One wrong letter in a shorter word leaves too many words that it could be."""

LONGEST_GUESS = 60

_NOT_SPELLING = re.compile(r"[^\w+#]|_")


def spelling(word: str) -> str:
    """Strip a word of case, accents, blanks and punctuation; `+` and `#` stay, for C++ and C#."""
    if not word.isascii():
        parts = unicodedata.normalize("NFKD", word)
        word = "".join(character for character in parts if not unicodedata.combining(character))
    return _NOT_SPELLING.sub("", word.casefold())


class Vocabulary(Generic[T]):
    """Meanings by spelling.

    A guess is a known word with one letter too many, too few, wrong or misplaced. It is found by comparing words
    with one letter deleted (the index of SymSpell), which costs a few look-ups whatever the size of the vocabulary,
    so that a file full of unknown words takes no longer than any other.
    """

    def __init__(self, meanings: Mapping[str, T], guessable: Iterable[str] | None = None) -> None:
        """`guessable` are the words that may be guessed, by default all of them."""
        self._meanings = {spelling(word): meaning for word, meaning in meanings.items()}
        self._shortened: dict[str, set[str]] = {}
        for word in {spelling(word) for word in (meanings if guessable is None else guessable)}:
            for short in _shortened(word):
                self._shortened.setdefault(short, set()).add(word)

    def find(self, word: str) -> T | None:
        """Look up the meaning of a word, however it is capitalized or hyphenated."""
        return self._meanings.get(spelling(word))

    def guess(self, word: str) -> T | None:
        """Look up the meaning of a word that may be one letter wrong; None if there is none, or more than one."""
        key = spelling(word)
        if not SHORTEST_GUESS <= len(key) <= LONGEST_GUESS:
            return None
        near = {known for short in _shortened(key) for known in self._shortened.get(short, ())}
        meanings = {self._meanings[known] for known in near}
        return meanings.pop() if len(meanings) == 1 else None


def _shortened(word: str) -> Iterator[str]:
    yield word
    if len(word) >= SHORTEST_GUESS - 1:
        yield from (word[:at] + word[at + 1 :] for at in range(len(word)))
