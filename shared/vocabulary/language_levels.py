"""How well somebody speaks a language, as it stands beside its name."""

import re
from collections.abc import Mapping

from shared.vocabulary.spelling import spelling

LEVELS: Mapping[str, tuple[str, ...]] = {
    "A1": ("A1",), "A2": ("A2",), "B1": ("B1",), "B2": ("B2",), "C1": ("C1",), "C2": ("C2",),
    "native": (
        "native", "native speaker", "native language", "native tongue", "mother tongue", "first language",
        "bilingual", "Muttersprache", "Muttersprachler", "Muttersprachlerin", "muttersprachlich", "Erstsprache",
        "zweisprachig", "bilingual", "madrelingua", "lingua madre", "bilingue", "nativo", "nativa", "materna", "L1",
    ),
    "fluent": (
        "fluent", "fluently", "business", "proficient", "business fluent", "full professional", "professional",
        "near native", "excellent", "perfect", "fließend", "fliessend", "verhandlungssicher", "ausgezeichnet",
        "perfekt", "fluente", "courant", "fluentemente", "correntemente", "corrente", "ottimo", "ottima",
        "eccellente", "professionale",
    ),
    "good": (
        "good", "very good", "advanced", "intermediate", "upper intermediate", "conversational", "working",
        "working knowledge", "gut", "sehr gut", "gute", "fortgeschritten", "mittel", "befriedigend", "konversation",
        "buono", "buona", "molto buono", "discreto", "discreta", "avanzato", "avanzata", "intermedio", "intermedia",
    ),
    "basic": (
        "basic", "basics", "beginner", "elementary", "little", "a little", "a bit", "some", "school", "learning",
        "Grundkenntnisse", "Anfänger", "Anfängerin", "wenig", "etwas", "ein wenig", "ein bisschen", "bisschen",
        "Schulkenntnisse", "rudimentär", "base", "elementare", "principiante", "scolastico", "scolastica", "un po'",
        "poco", "di base", "limited", "pre intermediate",
    ),
    "none": ("none", "no", "not", "A0", "kein", "keine", "nicht", "nessuna", "nessuno", "non"),
}  # fmt: skip
"""Words for levels: those of the Common European Framework, and what people say instead."""

BESIDE = frozenset((
    "speaker", "speaking", "speak", "spoken", "written", "and", "or", "und", "oder", "e", "o", "in", "wort", "schrift",
    "level", "niveau", "livello", "skills", "knowledge", "of", "kenntnisse", "lingua", "language", "sprache",
    "conoscenza", "parlato", "scritto", "liv", "only", "nur", "plus", "the", "bit", "ca", "approx", "about",
    "certified", "zertifiziert", "certificato", "i", "ich", "spreche", "parlo", "lo", "la", "di", "un", "po", "my",
    "mein", "meine",
))  # fmt: skip
"""Words that say no more beside a language and its level."""

TOO_LITTLE = frozenset({"A1", "A2", "basic"})
"""Levels at which it is worth asking whether two people could talk."""

_LEVEL_OF = {spelling(word): level for level, words in LEVELS.items() for word in words}
_WORDS = re.compile(r"[^\W_]+'?")


def words_of(text: str) -> list[str]:
    """Split a text into words, without what stands between them."""
    return _WORDS.findall(text)


def find_level(words: list[str]) -> tuple[str | None, bool]:
    """Look for a level in words: the first one, if there is any, and whether every word was understood."""
    levels: list[str] = []
    at, is_understood = 0, True
    while at < len(words):
        for end in range(min(at + 3, len(words)), at, -1):
            if level := _LEVEL_OF.get(spelling("".join(words[at:end]))):
                levels.append(level)
                at = end
                break
        else:
            is_understood = is_understood and words[at].casefold() in BESIDE
            at += 1
    if "none" in levels:
        return "none", is_understood
    return (levels[0] if levels else None), is_understood
