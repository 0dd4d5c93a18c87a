"""Names of languages to ISO 639 codes."""

import re
from functools import cache

from babel import Locale
from babel.core import get_global

from shared.vocabulary.cells import split_list
from shared.vocabulary.findings import Finding, Note, guessed, left_out, remembered, understood
from shared.vocabulary.spelling import Vocabulary

READ_IN = ("it", "de", "en")
"""The locales in which people may write; where two disagree the last one wins."""

_ALSO = {"Mandarin": "zh", "Farsi": "fa", "Bengali": "bn", "Castilian": "es", "Tagalog": "fil", "Oriya": "or",
         "Slovene": "sl", "Sinhalese": "si", "Moldovan": "ro", "Kirghiz": "ky", "Norwegian Bokmal": "nb"}  # fmt: skip
_IN_BETWEEN = re.compile(r"\s+(?:and|&|und|e)\s+|\s*/\s*")
_DETAIL = re.compile(r"\s*\([^()]*\)$|[-_][A-Z]{2}$")


@cache
def _vocabulary() -> Vocabulary[str]:
    names = {name: _code(code) for locale in READ_IN for code, name in Locale(locale).languages.items()}
    codes = {code: _code(code) for code in (*Locale("en").languages, *get_global("language_aliases"))}
    common = [name for code, name in Locale("en").languages.items() if len(code) == 2]
    return Vocabulary(codes | names | _ALSO, guessable=[*common, *_ALSO])


def _code(code: str) -> str:
    """The language of a CLDR code: `pt` of `pt_BR`, `en` of `eng`."""
    language, _, _ = code.partition("_")
    return str(get_global("language_aliases").get(language, language)).partition("_")[0]


def language_name(code: str) -> str:
    """The English name of a language."""
    return str(Locale("en").languages.get(code, code))


@remembered
def understand_languages(text: str) -> Finding[tuple[str, ...]]:
    """Read the codes of the languages in a list, each once, in the order given."""
    codes: list[str] = []
    notes: list[Note] = []
    for word in (word for entry in split_list(text) for word in _IN_BETWEEN.split(entry)):
        code, note = _understand(word)
        notes += note
        codes += [code] if code and code not in codes else []
    return Finding(tuple(codes), tuple(notes))


def _understand(word: str) -> Finding[str | None]:
    known, plain = _vocabulary(), _DETAIL.sub("", word)
    if code := known.find(word):
        return Finding(code)
    if code := known.find(plain):
        return Finding(code, (understood(word, language_name(code), f'"{word}" is read as {language_name(code)}.'),))
    if code := known.guess(plain):
        return Finding(code, (guessed(word, language_name(code), f'"{word}" is taken for {language_name(code)}.'),))
    remedy = "write its English name or its ISO 639 code"
    return Finding(None, (left_out(word, f'"{word}" is no language that is known here; {remedy}.'),))
