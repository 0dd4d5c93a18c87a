"""Why two people were matched, in words: matching gives criteria and their weight, the profiles hold the words."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from pydantic import JsonValue

from services.notify.local_copies import Profile
from services.notify.messages.model.draft import Proposal
from shared.clock import zone
from shared.contracts.intake import SHOWN_FACTS
from shared.text import one_line

CLEAR = 0.5
"""From this value on, a criterion without words speaks for a pair; six hours between two zones are just that."""

UNKNOWN = Profile()

FACTS = {"zone": "time_zone"}
"""Facts of profiles for which criteria have another name."""


def explanations(
    proposal: Proposal, profiles: Mapping[str, Profile], at: datetime, facts: Collection[str] = SHOWN_FACTS
) -> list[JsonValue]:
    """Explain what speaks for a pair, weightiest first, as the templates need it; clocks are compared at that time.

    `words` are those that both have stated, or the mentor's experience. `hours_apart` is given for their zones only.
    Both are of the `facts` that the program shows.
    """
    mentor = profiles.get(proposal.mentor_application_id, UNKNOWN)
    mentee = profiles.get(proposal.mentee_application_id, UNKNOWN)
    explained: list[JsonValue] = []
    for reason in sorted(proposal.reasons, key=lambda reason: -reason.contribution):
        is_shown = FACTS.get(reason.criterion, reason.criterion) in facts
        words = _words(reason.criterion, mentor, mentee) if is_shown else []
        if reason.contribution > 0 and (words or reason.value >= CLEAR):
            hours = hours_apart(mentor, mentee, at) if reason.criterion == "zone" and is_shown else None
            explained.append({"criterion": reason.criterion, "words": list(words), "hours_apart": hours})
    return explained


def _words(criterion: str, mentor: Profile, mentee: Profile) -> list[str]:
    match criterion:
        case "areas":
            return _shared(mentee.areas, mentor.areas)
        case "programming_languages":
            return _shared(mentee.programming_languages, mentor.programming_languages)
        case "goals":
            return _shared(mentee.goals, mentor.goals)
        case "experience" if mentor.experience:
            return [mentor.experience]
    return []


def _shared(wanted: tuple[str, ...], offered: tuple[str, ...]) -> list[str]:
    """What both have stated, as the first has written it."""
    known = {one_line(word).casefold() for word in offered}
    return [word for word in wanted if one_line(word).casefold() in known]


def hours_apart(mentor: Profile, mentee: Profile, at: datetime) -> float | None:
    """Compute by how much their clocks differ, 12 hours at most; None if one has no zone."""
    if mentor.time_zone is None or mentee.time_zone is None:
        return None
    here, there = (at.astimezone(zone(name)).replace(tzinfo=None) for name in (mentee.time_zone, mentor.time_zone))
    apart = abs(there - here)
    hours = min(apart, timedelta(days=1) - apart) / timedelta(hours=1)
    return int(hours) if hours.is_integer() else hours
