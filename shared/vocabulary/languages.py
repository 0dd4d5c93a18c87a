"""Languages that people speak, and how well, as ISO 639 codes with a level."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from babel import Locale
from babel.core import get_global

from shared.vocabulary.findings import Finding, Note, guessed, left_out, remembered, understood
from shared.vocabulary.language_levels import TOO_LITTLE, find_level, words_of
from shared.vocabulary.own_names import own_names
from shared.vocabulary.spelling import Vocabulary, spelling

READ_IN = ("it", "de", "en")
"""The locales in which people may write; where two disagree the last one wins."""

LANGUAGES_ALSO = {
    "Mandarin": "zh", "Farsi": "fa", "Bengali": "bn", "Castilian": "es", "Castellano": "es", "Tagalog": "fil",
    "Oriya": "or", "Slovene": "sl", "Sinhalese": "si", "Moldovan": "ro", "Kirghiz": "ky", "Norwegian Bokmal": "nb",
    "Hochdeutsch": "de", "Flemish": "nl", "Valencian": "ca",
}  # fmt: skip
"""Names beside those of CLDR in these locales, and in the language itself."""

_IN_BETWEEN = re.compile(r"\s+(?:and|&|und|e)\s+|\s*[/|+,]\s*")
_CODE = re.compile(r"[^\W\d_]{2,3}(?:[-_][A-Za-z]{2,4})?")
_PARENTHESES = re.compile(r"\(([^()]*)\)")


class Spoken(NamedTuple):
    """A language by its ISO 639 code, with how well it is spoken where that was said."""

    code: str
    level: str | None = None

    def __str__(self) -> str:
        return language_name(self.code) + (f" ({self.level})" if self.level else "")


@cache
def _vocabulary() -> Vocabulary[str]:
    """Languages by name: in the locales that people write in, and at home."""
    at_home = {name: _code(code) for name, code in own_names("languages").items()}
    names = {name: _code(code) for locale in READ_IN for code, name in Locale(locale).languages.items()}
    common = [name for code, name in Locale("en").languages.items() if len(code) == 2]
    return Vocabulary(at_home | names | LANGUAGES_ALSO, guessable=[*common, *LANGUAGES_ALSO])


@cache
def _codes() -> Vocabulary[str]:
    codes = (*Locale("en").languages, *get_global("language_aliases"))
    return Vocabulary({code: _code(code) for code in codes if _CODE.fullmatch(code)}, guessable=())


def _code(code: str) -> str:
    """The language of a CLDR code: `pt` of `pt_BR`, `en` of `eng`."""
    language, _, _ = code.partition("_")
    return str(get_global("language_aliases").get(language, language)).partition("_")[0]


def language_name(code: str) -> str:
    """The English name of a language."""
    return str(Locale("en").languages.get(code, code))


@remembered
def understand_languages(entries: Sequence[str]) -> Finding[tuple[Spoken, ...]]:
    """Read the languages in a list, each once, in the order given; a level may stand beside each, or behind it."""
    spoken: dict[str, Spoken] = {}
    notes: list[Note] = []
    last: str | None = None
    for word in (word for entry in entries for word in _IN_BETWEEN.split(entry)):
        level, is_understood = find_level(words_of(word))
        if level not in (None, "none") and is_understood and last is not None:
            spoken[last] = Spoken(last, spoken[last].level or level)
            notes.append(
                understood(word, str(spoken[last]), f'"{word}" says how well {language_name(last)} is spoken.')
            )
            continue
        found, about = _understand(word)
        notes += about
        if found:
            spoken.setdefault(found.code, found)
        last = found.code if found else None
    return Finding(tuple(spoken.values()), tuple(notes))


def _understand(word: str) -> Finding[Spoken | None]:
    if code := _vocabulary().find(word):
        return Finding(Spoken(code))
    for start, end, words in _parts(word):
        name = " ".join(words[start:end])
        code = _vocabulary().find(name)
        level, is_understood = find_level([*words[:start], *words[end:]])
        if code and (is_understood or _is_only_detailed(word, name)):
            return _spoken(word, code, level if is_understood else None)
    return _by_code(word) or _by_guess(word)


def _parts(word: str) -> list[tuple[int, int, list[str]]]:
    """All runs of words in it, the longest first."""
    words = words_of(word)
    if len(words) > 12:
        return []
    runs = [(start, end) for start in range(len(words)) for end in range(start + 1, len(words) + 1)]
    return [(start, end, words) for start, end in sorted(runs, key=lambda run: run[0] - run[1])]


def _is_only_detailed(word: str, name: str) -> bool:
    """Whether what is not understood beside the name stands in parentheses."""
    return spelling(_PARENTHESES.sub("", word)) == spelling(name)


def _spoken(word: str, code: str, level: str | None) -> Finding[Spoken | None]:
    if level == "none":
        return Finding(None, (left_out(word, f'"{word}" says that {language_name(code)} is not spoken.'),))
    found = Spoken(code, level)
    if level in TOO_LITTLE:
        return Finding(found, (guessed(word, str(found), f'"{word}" is taken for a language to meet in: {found}.'),))
    return Finding(found, (understood(word, str(found), f'"{word}" is read as {found}.'),))


def _by_code(word: str) -> Finding[Spoken | None] | None:
    """Read a code, with a level beside it or without: always a guess, since short words of all kinds are codes."""
    words = words_of(re.sub(r"(?<=[a-z])[-_][A-Z]{2}\b", "", word))
    for at, one in enumerate(words):
        code = _codes().find(one) if _CODE.fullmatch(one) else None
        level, is_understood = find_level([*words[:at], *words[at + 1 :]])
        if code and is_understood and level != "none":
            found = Spoken(code, level)
            return Finding(found, (guessed(word, str(found), f'"{word}" is taken for the code of {found}.'),))
    return None


def _by_guess(word: str) -> Finding[Spoken | None]:
    words = words_of(word)
    for at, one in enumerate(words):
        level, is_understood = find_level([*words[:at], *words[at + 1 :]])
        if is_understood and level != "none" and (code := _vocabulary().guess(one)):
            found = Spoken(code, level)
            return Finding(found, (guessed(word, str(found), f'"{word}" is taken for {found}.'),))
    remedy = "write its English name or its ISO 639 code"
    return Finding(None, (left_out(word, f'"{word}" is no language that is known here; {remedy}.'),))
