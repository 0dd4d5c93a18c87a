"""The units of what people count, and how often: in words, signs and abbreviations of three languages."""

import re
from collections.abc import Iterable, Mapping

UNITS: Mapping[str, tuple[str, ...]] = {
    "minute": ("min", "mins", "minute", "minutes", "minuten", "minuto", "minuti", "'"),
    "hour": ("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "ora", "ore", "zeitstunden"),
    "day": ("d", "day", "days", "tag", "tage", "tagen", "giorno", "giorni"),
    "week": ("w", "wk", "wks", "week", "weeks", "woche", "wochen", "wo", "settimana", "settimane", "sett"),
    "month": ("mo", "mos", "mth", "mths", "mon", "month", "months", "monat", "monate", "monaten", "mese", "mesi"),
    "quarter": ("quarter", "quarters", "quartal", "quartale", "trimestre", "trimestri"),
    "year": ("y", "yr", "yrs", "year", "years", "j", "jahr", "jahre", "jahren", "anno", "anni"),
    "person": ("person", "persons", "people", "personen", "persona", "persone", "leute"),
    "seat": ("seat", "seats", "place", "places", "spot", "spots", "slot", "slots", "platz", "platze", "platzen",
    "posto",
             "posti"),
    "mentee": ("mentee", "mentees", "menti"),
    "mentor": ("mentor", "mentors", "mentorin", "mentorinnen", "mentoren", "mentore", "mentori"),
}  # fmt: skip
"""What may stand behind a number. A unit counts only where it belongs: nobody has seats by the hour."""

ADVERBS: Mapping[str, tuple[float, str]] = {
    "weekly": (1, "week"), "wochentlich": (1, "week"), "woechentlich": (1, "week"), "settimanale": (1, "week"),
    "settimanali": (1, "week"), "settimanalmente": (1, "week"), "biweekly": (2, "week"), "bi-weekly": (2, "week"),
    "fortnightly": (2, "week"), "zweiwochentlich": (2, "week"), "zweiwoechentlich": (2, "week"),
    "14-tagig": (2, "week"), "14-taegig": (2, "week"), "vierzehntagig": (2, "week"), "quindicinale": (2, "week"),
    "monthly": (1, "month"), "monatlich": (1, "month"), "mtl": (1, "month"), "mensile": (1, "month"),
    "mensili": (1, "month"), "mensilmente": (1, "month"), "quarterly": (1, "quarter"),
    "vierteljahrlich": (1, "quarter"), "trimestrale": (1, "quarter"), "yearly": (1, "year"), "annually": (1, "year"),
    "jahrlich": (1, "year"), "jaehrlich": (1, "year"), "annuale": (1, "year"), "annui": (1, "year"),
    "daily": (1, "day"), "taglich": (1, "day"), "taeglich": (1, "day"), "giornaliero": (1, "day"),
}  # fmt: skip
"""How often, in one word: every so many weeks, months or years."""

A_MONTH: Mapping[str, float] = {"week": 52 / 12, "month": 1, "quarter": 1 / 3, "year": 1 / 12}
"""How often a period comes round in a month. Days are left out: nobody says whether they are all of the week's."""

HEDGES = (
    "about", "approx", "approximately", "around", "roughly", "circa", "ca", "etwa", "ungefahr", "ungefaehr", "rund",
    "maybe", "up to", "at most", "max", "maximum", "maximal", "maximally", "hochstens", "hoechstens", "bis zu",
    "fino a", "al massimo", "massimo", "at least", "minimum", "mindestens", "mind", "almeno", "minimo", "wenigstens",
    "more than", "over", "uber", "ueber", "mehr als", "oltre", "piu di", "less than", "under", "unter", "weniger als",
    "meno di", "nearly", "almost", "fast", "quasi", "only", "nur", "solo", "knapp", "min",
)  # fmt: skip
HEDGES_BEHIND = (
    "or more",
    "or so",
    "plus",
    "oder mehr",
    "o piu",
    "e oltre",
    "max",
    "maximum",
    "maximal",
    "massimo",
    "ca",
)

UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words}

NUMBER = r"(?<![\d.,-])\d{1,9}(?:\.\d{1,2})?(?![\d.,]*\d)"
"""Digits, as a pattern of what is plain: never the end of a longer number, and never a negative one."""


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern of any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


UNIT = alternatives(UNIT_OF)
PERIODS = alternatives(word for unit in ("day", "week", "month", "quarter", "year") for word in UNITS[unit])
