"""Areas, programming languages and goals: known ones under one spelling, others as they were typed."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from shared.vocabulary.findings import Finding, guessed, remembered, understood
from shared.vocabulary.spelling import Vocabulary, spelling

AREAS = (
    "Android", "Backend Developer", "Business Analysis", "Cloud Engineering", "Data Engineering", "Data Science",
    "Design", "DevOps", "Distributed Systems", "Embedded Systems", "Engineering management", "Frontend Developer",
    "Fullstack Developer", "Game Development", "iOS", "Machine Learning", "Network Engineering", "Product Management",
    "Project Management", "QA", "Security", "Site Reliability Engineering", "User Experience",
)  # fmt: skip
PROGRAMMING_LANGUAGES = (
    "Ada", "Assembly", "Bash", "C", "C#", "C++", "Clojure", "COBOL", "CSS", "Dart", "Elixir", "Elm", "Erlang", "F#",
    "Fortran", "Go", "Groovy", "Haskell", "HCL", "HTML", "Java", "JavaScript", "Julia", "Kotlin", "Lua", "MATLAB",
    "Objective-C", "OCaml", "Perl", "PHP", "PowerShell", "Prolog", "Python", "R", "Rego", "Ruby", "Rust", "SAS",
    "Scala", "Solidity", "SQL", "Swift", "TypeScript", "Visual Basic", "YAML", "Zig",
)  # fmt: skip
GOALS = (
    "Change specialisation within IT", "Grow beyond senior level", "Grow from beginner to mid-level",
    "Grow from mid-level to senior-level", "Switch career to IT", "Switch from IC to management position",
)  # fmt: skip


AREAS_ALSO: Mapping[str, str] = {
    "quality assurance": "QA", "testing": "QA", "SRE": "Site Reliability Engineering", "UX": "User Experience",
    "ML": "Machine Learning", "backend": "Backend Developer", "backend development": "Backend Developer",
    "backend engineer": "Backend Developer", "backend engineering": "Backend Developer",
    "frontend": "Frontend Developer", "frontend development": "Frontend Developer",
    "frontend engineer": "Frontend Developer", "frontend engineering": "Frontend Developer",
    "fullstack": "Fullstack Developer", "fullstack development": "Fullstack Developer",
    "fullstack engineer": "Fullstack Developer", "data scientist": "Data Science", "data engineer": "Data Engineering",
    "product manager": "Product Management", "project manager": "Project Management",
    "cloud engineer": "Cloud Engineering", "business analyst": "Business Analysis", "designer": "Design",
    "Produktmanagement": "Product Management", "Projektmanagement": "Project Management", "Sicherheit": "Security",
    "Qualitätssicherung": "QA", "maschinelles Lernen": "Machine Learning", "Netzwerktechnik": "Network Engineering",
    "gestione progetti": "Project Management", "gestione prodotto": "Product Management", "sicurezza": "Security",
    "controllo qualità": "QA", "apprendimento automatico": "Machine Learning", "scienza dei dati": "Data Science",
}  # fmt: skip
PROGRAMMING_LANGUAGES_ALSO: Mapping[str, str] = {
    "JS": "JavaScript", "TS": "TypeScript", "golang": "Go", "csharp": "C#", "C sharp": "C#", "cpp": "C++",
    "ECMAScript": "JavaScript", "VB": "Visual Basic", "objc": "Objective-C", "Python 3": "Python", "HTML5": "HTML",
    "CSS3": "CSS",
}  # fmt: skip
GOALS_ALSO: Mapping[str, str] = {"switch to management": "Switch from IC to management position"}
"""Other words for these. One of two letters is only ever a guess."""


def _vocabulary(names: Sequence[str], also: Mapping[str, str]) -> Vocabulary[str]:
    known = {**{name: name for name in names}, **also}
    return Vocabulary(known, guessable=[word for word in known if len(word) > SHORTEST_ABBREVIATION])


SHORTEST_ABBREVIATION = 2
_AREAS = _vocabulary(AREAS, AREAS_ALSO)
_PROGRAMMING_LANGUAGES = _vocabulary(PROGRAMMING_LANGUAGES, PROGRAMMING_LANGUAGES_ALSO)
_SKILLS = _vocabulary((*AREAS, *PROGRAMMING_LANGUAGES), {**AREAS_ALSO, **PROGRAMMING_LANGUAGES_ALSO})
_GOALS = _vocabulary(GOALS, GOALS_ALSO)

_DETAIL = re.compile(r"\s*\([^()]*\)\s*$")


@remembered
def understand_areas(entries: Sequence[str]) -> Finding[tuple[str, ...]]:
    """Read the fields of work in a list, each once, in the order given."""
    return _understand(entries, _AREAS)


@remembered
def understand_programming_languages(entries: Sequence[str]) -> Finding[tuple[str, ...]]:
    """Read the programming languages in a list, each once, in the order given."""
    return _understand(entries, _PROGRAMMING_LANGUAGES)


@remembered
def understand_goals(entries: Sequence[str]) -> Finding[tuple[str, ...]]:
    """Read the goals in a list, each once, in the order given."""
    return _understand(entries, _GOALS)


@remembered
def understand_skills(entries: Sequence[str]) -> Finding[tuple[str, ...]]:
    """Read areas and programming languages in one list, each once, in the order given."""
    return _understand(entries, _SKILLS)


def _understand(entries: Sequence[str], known: Vocabulary[str]) -> Finding[tuple[str, ...]]:
    entries = [one for entry in entries for one in _parts(entry, known)]
    readings = {entry: _name(entry, known) for entry in entries}
    once: dict[str, str] = {}
    for name, _ in readings.values():
        once.setdefault(spelling(name) or name, name)
    notes = [note for _, about in readings.values() for note in about]
    if len(once) < len(entries):
        notes.append(
            understood("; ".join(entries), ", ".join(once.values()), "What is named more than once is counted once.")
        )
    return Finding(tuple(once.values()), tuple(notes))


def _parts(entry: str, known: Vocabulary[str]) -> Sequence[str]:
    """The parts of an entry with commas in it, if one of them is known; else it is a sentence, and whole."""
    if "," not in entry:
        return (entry,)
    parts = [part.strip() for part in entry.split(",") if part.strip()]
    is_list = known.find(entry) is None and "(" not in entry and any(known.find(part) for part in parts)
    return parts if is_list else (entry,)


@lru_cache(maxsize=65_536)
def _name(entry: str, known: Vocabulary[str]) -> Finding[str]:
    plain = _DETAIL.sub("", entry)
    if name := known.find(entry) or known.find(plain):
        same = name == entry
        if not same and len(plain) <= SHORTEST_ABBREVIATION and spelling(plain) != spelling(name):
            return Finding(name, (guessed(entry, name, f'"{entry}" is taken for {name}.'),))
        return Finding(name, () if same else (understood(entry, name, f'"{entry}" is read as {name}.'),))
    if name := known.guess(plain):
        return Finding(name, (guessed(entry, name, f'"{entry}" is taken for {name}.'),))
    return Finding(entry)
