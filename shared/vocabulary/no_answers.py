"""What people write where they have no answer: it is no data, in every field and for every reader."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from shared.text import is_spreadsheet_error
from shared.vocabulary.findings import Finding, understood
from shared.vocabulary.spelling import spelling

NO_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "English": (
        "n/a", "NA", "none", "no", "nope", "nothing", "nil", "null", "NaN", "undefined", "unknown", "unspecified",
        "not applicable", "not available", "not stated", "prefer not to say", "decline to answer", "declined",
        "don't know", "idk", "dunno", "not sure", "unsure", "any", "anything", "whatever", "doesn't matter", "tbd",
        "tba", "tbc", "to be determined", "to be defined", "to be decided", "to be discussed", "to be announced",
        "to be confirmed", "to do", "pending", "missing", "empty", "blank", "skip", "skipped", "see above",
        "no value", "no entry", "nobody", "no one", "later", "will follow", "to follow", "decline to state",
        "same as above", "ditto", "undecided", "nothing to report", "no clue", "see CV", "see resume",
        "not disclosed", "x", "xx", "xxx",
    ),
    "German": (
        "k. A.", "keine Angabe", "o. A.", "ohne Angabe", "kein", "keine", "keins", "nein", "nix", "nichts", "n. z.",
        "nicht zutreffend", "trifft nicht zu", "entfällt", "unbekannt", "weiß nicht", "keine Ahnung", "egal",
        "beliebig", "möchte ich nicht sagen", "noch offen", "wird nachgereicht", "folgt", "folgt noch", "fehlt",
        "leer", "ausstehend", "siehe oben", "n. b.", "noch nicht bekannt", "n. v.", "niemand", "später",
        "folgt später", "unklar", "noch unklar", "wird noch bekannt gegeben", "siehe CV", "siehe Lebenslauf", "N. N.",
    ),
    "Italian": (
        "nessuno", "nessuna", "nessun", "niente", "nulla", "n.d.", "n.p.", "n.c.", "non applicabile",
        "non disponibile", "non so", "boh", "preferisco non rispondere", "preferisco non dirlo", "non specificato",
        "sconosciuto", "sconosciuta", "da definire", "da decidere", "da stabilire", "da confermare", "indifferente",
        "qualsiasi", "qualunque", "vuoto", "mancante", "vedi sopra", "nessuna risposta", "nullo", "assente", "ignoto",
        "ignota", "da vedere", "vedremo", "da comunicare", "da concordare", "in attesa", "vedi CV",
    ),
}  # fmt: skip
"""Whole answers, by the language in which they are given; case, accents, blanks and punctuation do not count."""

NEGATIVES: Mapping[str, tuple[str, ...]] = {
    "English": ("no", "none", "not", "nothing", "dont", "cannot", "cant", "without"),
    "German": ("nein", "nicht", "nichts", "kein", "keine", "keinen", "keiner", "keines", "ohne"),
    "Italian": ("no", "non", "nessun", "nessuno", "nessuna", "niente", "nulla", "senza"),
}
"""With nothing beside them but `FILLERS`, they are no answer: "none at the moment", "derzeit keine"."""

FILLERS: Mapping[str, tuple[str, ...]] = {
    "English": (
        "a", "above", "am", "an", "answer", "answering", "answered", "any", "applicable", "at", "available",
        "comment", "currently", "data", "decided", "determined", "disclose", "disclosed", "do", "far", "for", "given",
        "have", "i", "id", "idea", "in", "info", "information", "it", "know", "known", "me", "moment", "now", "of",
        "one", "opinion", "particular", "prefer", "preference", "preferences", "present", "provided", "rather",
        "really", "relevant", "response", "right", "say", "saying", "set", "share", "so", "special", "specific",
        "specified", "state", "stated", "sure", "tell", "thank", "thanks", "that", "the", "them", "there", "these",
        "this", "time", "to", "want", "would", "yet", "you",
    ),
    "German": (
        "aktuell", "ahnung", "angabe", "angaben", "angeben", "angegeben", "antwort", "antworten", "anwendbar",
        "bekannt", "besondere", "besonderen", "besonderes", "bestimmte", "bestimmten", "bestimmtes", "bisher",
        "danke", "daten", "davon", "derzeit", "entschieden", "es", "festgelegt", "genaue", "genauen", "gerade",
        "gerne", "habe", "kann", "moglich", "bevorzugt", "ausgefullt", "ich", "im", "information", "informationen",
        "konkreten", "lieber", "moechte", "mochte", "moment", "momentan", "noch", "praferenz", "praferenzen",
        "relevant", "sagen", "sicher", "verfugbar", "verraten", "vorhanden", "vorlieben", "weiss", "will", "wunsch",
        "wunsche", "zeit", "zur", "zutreffend", "anzugeben",
    ),
    "Italian": (
        "al", "ancora", "applicabile", "che", "commento", "conosco", "dato", "deciso", "definito", "di", "dichiarato",
        "dichiarata", "dire", "dirlo", "disponibile", "fornita", "fornito", "grazie", "idea", "ho", "il", "in", "ne",
        "preferirei", "presente", "rilevato", "rispondo", "indicata", "indicato", "informazione", "informazioni",
        "lo", "mi", "momento", "noto", "ora", "particolare", "per", "pervenuto", "preferenza", "preferenze",
        "preferisco", "previsto", "questo", "rilevante", "rispondere", "risposta", "saprei", "so", "sono",
        "specificata", "specificato", "speciale", "voglio", "vorrei",
    ),
}  # fmt: skip

NAMES_TOO = frozenset({"Na", "Nan", "No", "Nil"})
"""No answers that are also somebody's name when they are written as one."""

NOT_STATED = "not stated"
"""What is made of them."""

_WHOLE = frozenset(spelling(words) for answers in NO_ANSWERS.values() for words in answers)
_NEGATIVE = frozenset(word for words in NEGATIVES.values() for word in words)
_FILLER = frozenset(word for words in FILLERS.values() for word in words)
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=4096)
def is_no_answer(text: str) -> bool:
    """Return whether a text says no more than that there is no answer: a dash, "n/a", "keine Angabe", "#REF!"."""
    if not any(character.isalnum() for character in text) or is_spreadsheet_error(text):
        return True
    if spelling(text) in _WHOLE:
        return True
    words = {spelling(word) for word in _WORD.findall(re.sub("['\u2019\u00b4`]", "", text))}
    return not words.isdisjoint(_NEGATIVE) and words <= _NEGATIVE | _FILLER and not _has_digit(text)


def is_nobody(text: str) -> bool:
    """Return whether a text stands for a name and is none; `Nan` and `Na` are names, `nan` and `NA` are not."""
    return text not in NAMES_TOO and is_no_answer(text)


def stated(text: str) -> Finding[str]:
    """Return what was stated: nothing, with a note, if it is no answer."""
    if not text or not is_no_answer(text):
        return Finding(text)
    return Finding("", (understood(text, NOT_STATED, f'"{text}" is read as not stated.'),))


def _has_digit(text: str) -> bool:
    return any(unicodedata.category(character) == "Nd" for character in text)
