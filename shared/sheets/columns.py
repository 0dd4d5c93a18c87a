"""What columns are called by people, in English, German and Italian; and which of them a reader of tables takes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from shared.vocabulary.spelling import spelling

REMARKS = "Import remarks"
"""The column that a report adds. It is never read."""

USUAL_NAMES: Mapping[str, Sequence[str]] = {
    "id": ("identifier", "kennung", "personalnummer", "employee id", "matricola"),
    "name": (
        "display name", "vollständiger name", "vor- und nachname", "vorname und nachname", "name und vorname", "nome",
        "nome e cognome", "cognome e nome", "nome completo", "nominativo",
    ),
    "first_name": ("given name", "forename", "vorname", "rufname", "nome di battesimo"),
    "last_name": ("surname", "family name", "nachname", "familienname", "zuname", "cognome"),
    "email": (
        "mail address", "work email", "e-mail-adresse", "mailadresse", "dienstliche e-mail",
        "indirizzo email", "indirizzo e-mail", "indirizzo di posta elettronica", "posta elettronica", "email aziendale",
    ),
    "location": (
        "city", "town", "place of work", "ort", "stadt", "standort", "wohnort", "arbeitsort", "città", "sede", "luogo",
        "residenza", "località",
    ),
    "time_zone": ("tz", "zeitzone", "fuso", "fuso orario", "zona oraria"),
    "languages": (
        "spoken languages", "sprache", "sprachen", "sprachkenntnisse", "gesprochene sprachen", "lingua",
        "lingue", "lingue parlate",
    ),
    "format": (
        "meeting format", "mentoring format", "type of mentoring", "art des mentorings", "mentoringform", "formato",
        "tipo di mentoring",
    ),
    "seats": (
        "capacity", "places", "number of mentees", "max mentees", "maximum number of mentees", "plätze", "kapazität",
        "anzahl mentees", "anzahl plätze", "posti", "capacità", "numero di mentee", "numero di posti",
    ),
    "mentors": ("number of mentors", "anzahl mentoren", "numero di mentor", "numero di mentori"),
    "hours_per_month": (
        "hours a month", "monthly hours", "hours/month", "stunden pro monat", "stunden im monat", "stunden/monat",
        "monatsstunden", "ore al mese", "ore mensili", "ore/mese",
    ),
    "months_available": ("available months", "monate", "verfügbare monate", "mesi", "mesi disponibili"),
    "experience": ("experience band", "erfahrung", "berufserfahrung", "esperienza", "esperienza lavorativa"),
    "years": (
        "years of experience", "jahre", "jahre erfahrung", "jahre berufserfahrung", "berufsjahre", "anni",
        "anni di esperienza",
    ),
    "areas": (
        "area of expertise", "areas of expertise", "expertise", "fields", "field of work", "bereich", "bereiche",
        "fachgebiet", "fachgebiete", "fachbereich", "fachbereiche", "aree", "aree di competenza", "ambiti",
    ),
    "skills": (
        "competences", "competencies", "fähigkeiten", "kenntnisse", "kompetenzen", "competenze", "abilità",
    ),
    "programming_languages": (
        "programmiersprache", "programmiersprachen", "linguaggi",
        "linguaggi di programmazione", "linguaggio di programmazione",
    ),
    "goals": ("objectives", "ziel", "ziele", "obiettivo", "obiettivi"),
    "interests": ("hobbies", "interesse", "interessen", "interessi"),
    "roles": ("job title", "rolle", "rollen", "funktion", "position", "ruolo", "ruoli", "posizione"),
    "industry": ("sector", "branche", "settore"),
    "region": ("regione", "bundesland"),
    "is_remote": ("remote", "online", "da remoto"),
    "availability": (
        "available", "available times", "free times", "verfügbarkeit", "verfügbare zeiten", "zeiten", "disponibilità",
        "orari", "orari disponibili",
    ),
    "style": ("mentoring style", "stil", "stile"),
    "organization": (
        "organisation", "company", "employer", "firm", "firma", "unternehmen", "arbeitgeber", "azienda", "ditta",
        "società", "organizzazione",
    ),
    "managers": (
        "line manager", "supervisor", "boss", "vorgesetzte", "vorgesetzter", "vorgesetzte person",
        "führungskraft", "führungskräfte", "responsabile", "responsabili", "superiore", "capo",
    ),
    "prefers": ("preferences", "preferred", "wishes", "wunsch", "wünsche", "präferenzen", "preferenze", "preferiti"),
    "excludes": ("excluded", "not with", "ausgeschlossen", "ausschlüsse", "nicht mit", "esclusi", "escludere"),
}  # fmt: skip
"""By the name that the product has for it. Case, accents, blanks, hyphens and `ae` for `ä` make no difference."""

OWN_NAMES: Mapping[str, Sequence[str]] = {
    "name": ("full name",),
    "email": ("mail", "email address"),
    "languages": ("language",),
    "months_available": ("months",),
    "areas": ("area",),
    "skills": ("skill",),
    "programming_languages": ("programming language",),
    "goals": ("goal", "goals supported"),
    "interests": ("interest",),
    "roles": ("role",),
    "managers": ("manager",),
    "excludes": ("exclude",),
}
"""Which are the product's name of it in other words. Beside one of these, a usual name is another column, not read."""

_IN_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True)
class Layout:
    """The columns that a reader of tables takes.

    `required` has the columns of which at least one of each must be there. `also` are columns that it calls otherwise
    than `USUAL_NAMES` does, with its own name. A column `answer:pace` is one, if `answer` is among the `prefixes`.
    """

    columns: Sequence[str]
    required: Sequence[Sequence[str]]
    also: Mapping[str, str] = field(default_factory=dict)
    prefixes: Sequence[str] = ()

    def column(self, title: str) -> str | None:
        """Return the column that a title stands for, whatever is around the words; None if there is none."""
        kind, colon, label = title.partition(":")
        if colon and label.strip() and spelling(kind) in self.prefixes:
            return f"{spelling(kind)}:{'_'.join(label.split()).casefold()}"
        return self._columns.get(spelling(title)) or self._columns.get(spelling(_IN_BRACKETS.sub(" ", title)))

    def is_own(self, title: str) -> bool:
        """Return whether a title is the product's name of its column, and not one of many."""
        return spelling(title) in self._own

    @cached_property
    def _own(self) -> dict[str, str]:
        return {one: column for column in self.columns for one in _spellings((column, *OWN_NAMES.get(column, ())))}

    @cached_property
    def _columns(self) -> dict[str, str]:
        found = dict[str, str]()
        for name, usual in USUAL_NAMES.items():
            if column := name if name in self.columns else self.also.get(name):
                found |= dict.fromkeys(_spellings((name, *usual, *OWN_NAMES.get(name, ()))), column)
        return found | self._own


def _spellings(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield spelling(name)
        yield spelling(name.translate(_UMLAUTS))
