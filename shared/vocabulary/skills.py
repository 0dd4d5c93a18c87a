"""Areas, programming languages and goals: known ones under one spelling, others as they were typed."""

import re

from shared.vocabulary.cells import split_list
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


def _vocabulary(names: tuple[str, ...], **also: str) -> Vocabulary[str]:
    return Vocabulary({name: name for name in names} | also)


_AREAS = _vocabulary(
    AREAS, quality_assurance="QA", sre="Site Reliability Engineering", ux="User Experience", ml="Machine Learning",
    backend="Backend Developer", frontend="Frontend Developer", fullstack="Fullstack Developer",
)  # fmt: skip
_PROGRAMMING_LANGUAGES = _vocabulary(
    PROGRAMMING_LANGUAGES, js="JavaScript", ts="TypeScript", golang="Go", csharp="C#", cpp="C++",
)  # fmt: skip
_GOALS = _vocabulary(GOALS)

_DETAIL = re.compile(r"\s*\([^()]*\)\s*$")


@remembered
def understand_areas(text: str) -> Finding[tuple[str, ...]]:
    """Read the fields of work in a list, each once, in the order given."""
    return _understand(text, _AREAS)


@remembered
def understand_programming_languages(text: str) -> Finding[tuple[str, ...]]:
    """Read the programming languages in a list, each once, in the order given."""
    return _understand(text, _PROGRAMMING_LANGUAGES)


@remembered
def understand_goals(text: str) -> Finding[tuple[str, ...]]:
    """Read the goals in a list, each once, in the order given."""
    return _understand(text, _GOALS)


def _understand(text: str, known: Vocabulary[str]) -> Finding[tuple[str, ...]]:
    readings = {entry: _name(entry, known) for entry in split_list(text)}
    once: dict[str, str] = {}
    for name, _ in readings.values():
        once.setdefault(spelling(name) or name, name)
    notes = [note for _, about in readings.values() for note in about]
    if len(once) < len(split_list(text)):
        notes.append(understood(text, ", ".join(once.values()), "What is named more than once is counted once."))
    return Finding(tuple(once.values()), tuple(notes))


def _name(entry: str, known: Vocabulary[str]) -> Finding[str]:
    plain = _DETAIL.sub("", entry)
    if name := known.find(entry) or known.find(plain):
        same = name == entry
        return Finding(name, () if same else (understood(entry, name, f'"{entry}" is read as {name}.'),))
    if name := known.guess(plain):
        return Finding(name, (guessed(entry, name, f'"{entry}" is taken for {name}.'),))
    return Finding(entry)
