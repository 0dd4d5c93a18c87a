"""Sentences for codes and numbers, made where something is shown, from what people stated."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Self

from pydantic import BaseModel

from services.matching.algorithm.both_sides import NO_SEATS
from services.matching.algorithm.constraints import NO_COMMON_LANGUAGE, SAME_PERSON, SCORE_TOO_LOW
from services.matching.algorithm.evidence import Evidence, so_many
from services.matching.algorithm.unmatched import MATCHED_ELSEWHERE, NO_GROUP, OTHERS_PREFERRED, SEATS_NEEDED
from services.matching.pool.model.program_criteria import Reason
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
from shared.contracts.matching import Contribution

Figures = Mapping[str, int]


def _others(figures: Figures) -> str:
    return so_many(figures["mentees"], "mentee") if "mentees" in figures else so_many(figures["mentors"], "mentor")


def _seats_taken(figures: Figures) -> str:
    if "mentees" in figures:
        return f"There are {so_many(figures['seats'], 'seat')} for {so_many(figures['mentees'], 'mentee')} who compete."
    return f"All free seats are promised: {so_many(figures['mentors'], 'mentor')} could still be asked."


REASONS: Mapping[str, Callable[[Figures], str]] = {
    AD_HOC_ONLY: lambda _: "Meets for single sessions only, so takes no part in long-term matching.",
    NO_SEATS: lambda _: "Offers no long-term seat.",
    NO_COMMON_LANGUAGE: lambda figures: f"Shares no language with {figures[NO_COMMON_LANGUAGE]} of the others.",
    SAME_PERSON: lambda _: "Is the only one on the other side, too.",
    NO_MENTORS: lambda _: "There is no mentor with a free seat.",
    NO_MENTEES: lambda _: "There is no mentee who waits.",
    SEATS_TAKEN: _seats_taken,
    MATCHED_ELSEWHERE: lambda figures: (
        f"Everybody who fits has another mentor: {so_many(figures['mentees'], 'mentee')}."
    ),
    OTHERS_PREFERRED: lambda figures: (
        f"Everybody who fits has mentees who fit better: {so_many(figures['mentors'], 'mentor')}."
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


class FactView(BaseModel):
    """What two people state, for whoever says it in words of their own: a stable code, and what it names."""

    code: str
    values: Mapping[str, tuple[str, ...] | float]

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """Show it."""
        return cls(code=evidence.code, values=evidence.values)


def why_matched(criterion: str, evidence: Evidence) -> str:
    """Put into a sentence what two people stated."""
    return f"{SUBJECTS[criterion]}: {evidence.words}."


FACTS = {"zone": "time_zone"}
"""Facts of profiles for which criteria have another name."""


def is_shown(criterion: str, facts: Collection[str]) -> bool:
    """Return whether a program that shows these facts lets two people see what they state about a criterion."""
    return FACTS.get(criterion, criterion) in facts


class ReasonView(BaseModel):
    """One criterion's part in the score, and what the two state today: in English `words`, and as a `fact`.

    Both are null where one of the two has left, or where their program does not show what they state.
    """

    criterion: str
    value: float
    weight: float
    contribution: float
    words: str | None
    fact: FactView | None

    @classmethod
    def of(cls, share: Contribution, evidence: Evidence | None) -> Self:
        """Show it."""
        return cls(
            criterion=share.criterion,
            value=share.value,
            weight=share.weight,
            contribution=share.contribution,
            words=why_matched(share.criterion, evidence) if evidence else None,
            fact=FactView.of(evidence) if evidence else None,
        )


def reasons_shown(shares: Iterable[Contribution], today: Iterable[Reason], facts: Collection[str]) -> list[ReasonView]:
    """Show the parts of a score, each with what the two state `today`, if that is among the `facts` to be shown."""
    stated = {one.criterion: one.evidence for one in today if is_shown(one.criterion, facts)}
    return [ReasonView.of(share, stated.get(share.criterion)) for share in shares]
