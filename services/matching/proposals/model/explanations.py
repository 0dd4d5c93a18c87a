"""Sentences for codes and numbers, made where something is shown, from what people stated."""

from collections.abc import Callable, Collection, Mapping

from pydantic import BaseModel

from services.matching.algorithm.both_sides import NO_SEATS
from services.matching.algorithm.constraints import NO_COMMON_LANGUAGE, SAME_PERSON, SCORE_TOO_LOW
from services.matching.algorithm.unmatched import MATCHED_ELSEWHERE, NO_GROUP, OTHERS_PREFERRED, SEATS_NEEDED
from services.matching.pool.model.unmatched_codes import (
    AD_HOC_ONLY,
    EVERYBODY_ASKED,
    NO_MENTEES,
    NO_MENTORS,
    PIN_IMPOSSIBLE,
    PROFILE_INVALID,
    SEATS_TAKEN,
)
from services.matching.proposals.model.requests import PAUSED, SEARCH_FAILED, SEARCHING, WANTS_ANOTHER

Figures = Mapping[str, int]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _others(figures: Figures) -> str:
    return _count(figures["mentees"], "mentee") if "mentees" in figures else _count(figures["mentors"], "mentor")


def _seats_taken(figures: Figures) -> str:
    if "mentees" in figures:
        return f"There are {_count(figures['seats'], 'seat')} for {_count(figures['mentees'], 'mentee')} who compete."
    return f"All free seats are promised: {_count(figures['mentors'], 'mentor')} could still be asked."


REASONS: Mapping[str, Callable[[Figures], str]] = {
    AD_HOC_ONLY: lambda _: "Meets for single sessions only, so takes no part in long-term matching.",
    NO_SEATS: lambda _: "Offers no long-term seat.",
    NO_COMMON_LANGUAGE: lambda figures: f"Shares no language with {figures[NO_COMMON_LANGUAGE]} of the others.",
    SAME_PERSON: lambda _: "Is the only one on the other side, too.",
    NO_MENTORS: lambda _: "There is no mentor with a free seat.",
    NO_MENTEES: lambda _: "There is no mentee who waits.",
    SEATS_TAKEN: _seats_taken,
    MATCHED_ELSEWHERE: lambda figures: (
        f"Everybody who fits has another mentor: {_count(figures['mentees'], 'mentee')}."
    ),
    OTHERS_PREFERRED: lambda figures: (
        f"Everybody who fits has mentees who fit better: {_count(figures['mentors'], 'mentor')}."
    ),
    SEATS_NEEDED: lambda figures: (
        f"Everybody who fits is kept for somebody else, or needed so that nobody else is left out: {_others(figures)}."
    ),
    NO_GROUP: lambda figures: f"Everybody who fits is in a full group, or too few for another one: {_others(figures)}.",
    SCORE_TOO_LOW: lambda figures: (
        f"Fits less well than the program asks for with {figures[SCORE_TOO_LOW]} of the others."
    ),
    PIN_IMPOSSIBLE: lambda _: "The pinned mentor cannot be given: take the pin back, or check seats and languages.",
    EVERYBODY_ASKED: lambda figures: f"Everybody who fits was asked: {_others(figures)}.",
    PROFILE_INVALID: lambda _: "The profile has values that cannot be compared: correct it.",
    SEARCHING: lambda _: "The next best mentor is being looked for.",
    PAUSED: lambda _: "Has paused, and is looked for again after that.",
    WANTS_ANOTHER: lambda _: "Has a mentor, and takes part in the next run for another one.",
    SEARCH_FAILED: lambda _: "The search for the next best mentor has failed: request another run.",
}
"""Why somebody has no match."""


def why_unmatched(reason: str, figures: Figures) -> str:
    """Explain in a sentence why a person has no match."""
    return REASONS[reason](figures)


SUBJECTS = {
    "areas": "Areas",
    "programming_languages": "Programming languages",
    "goals": "Goals",
    "experience": "The mentor",
    "zone": "Clocks",
}
"""What the words on a criterion are about."""


def why_matched(criterion: str, evidence: str) -> str:
    """Put into a sentence what two people stated."""
    return f"{SUBJECTS[criterion]}: {evidence}."


FACTS = {"zone": "time_zone"}
"""Facts of profiles for which criteria have another name."""


def is_shown(criterion: str, facts: Collection[str]) -> bool:
    """Return whether a program that shows these facts lets two people see what they state about a criterion."""
    return FACTS.get(criterion, criterion) in facts


class ReasonView(BaseModel):
    """One criterion's part in the score, and in `words` what the two state today."""

    criterion: str
    value: float
    weight: float
    contribution: float
    words: str | None
