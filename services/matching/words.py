"""The words for codes and numbers: put together where something is shown, from what people stated."""

from collections.abc import Callable, Mapping
from typing import cast

from services.matching.criteria import AD_HOC_ONLY, NO_COMMON_LANGUAGE, NO_SEATS, SAME_PERSON, Evidence
from services.matching.model.places import SEARCHING
from services.matching.reactions import SEARCH_FAILED
from services.matching.solver import EVERYBODY_ASKED, MATCHED_ELSEWHERE, NO_MENTEES, NO_MENTORS, SEATS_TAKEN
from services.matching.solving import MOST_PAIRS, MOST_PEOPLE, PROFILE_INVALID

POOL_TOO_LARGE = "pool-too-large"

Figures = Mapping[str, int]


def _count(number: float, thing: str) -> str:
    return f"{number:g} {thing}" if number == 1 else f"{number:g} {thing}s"


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
    EVERYBODY_ASKED: lambda figures: f"Everybody who fits was asked: {_count(figures['mentors'], 'mentor')}.",
    PROFILE_INVALID: lambda _: "The profile has values that cannot be compared: correct it.",
    SEARCHING: lambda _: "The next best mentor is being looked for.",
    SEARCH_FAILED: lambda _: "The search for the next best mentor has failed: request another run.",
}
"""Why somebody has no match."""


def why_unmatched(reason: str, figures: Figures) -> str:
    """A sentence on a person without a match."""
    return REASONS[reason](figures)


def _shared(what: str) -> Callable[[Evidence], str]:
    def words(evidence: Evidence) -> str:
        shared = cast(tuple[str, ...], evidence["shared"])
        return f"{what} in common: {', '.join(shared)}." if shared else f"No {what.lower()} in common."

    return words


def _experience(evidence: Evidence) -> str:
    gap = cast(float, evidence["gap_years"])
    return f"The mentor has {_count(abs(gap), 'year')} {'more' if gap >= 0 else 'less'} of experience."


def _zone(evidence: Evidence) -> str:
    apart = cast(float, evidence["hours_apart"])
    return f"Their clocks are {_count(apart, 'hour')} apart." if apart else "Their clocks show the same time."


EVIDENCE: Mapping[str, Callable[[Evidence], str]] = {
    "areas": _shared("Areas"),
    "programming_languages": _shared("Programming languages"),
    "goals": _shared("Goals"),
    "experience": _experience,
    "zone": _zone,
}
"""What is behind the value of a criterion."""


def why_matched(criterion: str, evidence: Evidence) -> str:
    """A sentence on what two people stated."""
    return EVIDENCE[criterion](evidence)


def why_failed(problem: str) -> str:
    """A sentence on a run that has failed."""
    if problem == POOL_TOO_LARGE:
        return f"A run takes {MOST_PEOPLE:,} people and {MOST_PAIRS:,} possible pairs: split the program."
    return f"The computation was given up ({problem}): request another run."
