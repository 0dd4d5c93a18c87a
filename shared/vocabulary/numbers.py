"""Numbers as people write them: digits with a comma or a point, fractions, and words in three languages."""

import re
import unicodedata
from collections.abc import Mapping

NUMBER_WORDS: Mapping[str, Mapping[str, float]] = {
    "English": {
        "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
        "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
        "sixty": 60, "ninety": 90,
    },
    "German": {
        "null": 0, "eins": 1, "zwei": 2, "drei": 3, "vier": 4, "funf": 5, "fuenf": 5, "sechs": 6, "sieben": 7,
        "acht": 8,
        "neun": 9, "zehn": 10, "elf": 11, "zwolf": 12, "zwoelf": 12, "funfzehn": 15, "fuenfzehn": 15, "zwanzig": 20,
        "dreissig": 30, "vierzig": 40, "funfundvierzig": 45, "fuenfundvierzig": 45, "funfzig": 50, "fuenfzig": 50,
        "sechzig": 60, "neunzig": 90, "anderthalb": 1.5, "eineinhalb": 1.5, "zweieinhalb": 2.5, "dreieinhalb": 3.5,
    },
    "Italian": {
        "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6, "sette": 7, "otto": 8, "nove": 9, "dieci": 10,
        "undici": 11, "dodici": 12, "quindici": 15, "venti": 20, "trenta": 30, "quaranta": 40, "quarantacinque": 45,
        "cinquanta": 50, "sessanta": 60, "novanta": 90,
    },
}  # fmt: skip
"""Without case and accents."""

_WORDS = {word: value for words in NUMBER_WORDS.values() for word, value in words.items()}
_FRACTIONS = {"\u00bd": " 1/2", "\u00bc": " 1/4", "\u00be": " 3/4"}
_MIXED = re.compile(r"\b(\d+)\s+(1/2|1/4|3/4)(?![\d/])")
_FRACTION = re.compile(r"(?<![\d/.,])(1/2|1/4|3/4)(?![\d/])")
_PARTS = {"1/2": 0.5, "1/4": 0.25, "3/4": 0.75}


def plain(text: str) -> str:
    """Return a text as numbers are looked for in it: of one width and case, without accents, with simple dashes."""
    for sign, written in _FRACTIONS.items():
        text = text.replace(sign, written)
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = re.sub("[\u2010-\u2015\u2212]", "-", text)
    return " ".join(re.sub("[\u2018\u2019\u00b4`\u2032]", "'", text).split())


def with_digits(text: str) -> str:
    """Return a plain text with digits and a decimal point for number words, fractions and decimal commas."""
    text = _MIXED.sub(lambda found: f"{int(found[1]) + _PARTS[found[2]]:g}", text)
    text = _FRACTION.sub(lambda found: f"{_PARTS[found[1]]:g}", text)
    text = re.sub(r"(?<![\d.,])(\d+),(\d{1,2})(?![\d.,])", r"\1.\2", text)
    return re.sub(r"[a-z]+", lambda found: f"{_WORDS[found[0]]:g}" if found[0] in _WORDS else found[0], text)
