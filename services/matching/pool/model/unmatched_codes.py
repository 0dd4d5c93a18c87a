"""Why somebody has no match, as events and reads say it: stable codes, and figures to put into a sentence."""

from collections.abc import Mapping
from typing import NamedTuple

from services.matching.algorithm import both_sides, constraints, unmatched
from services.matching.algorithm.unmatched import Side

AD_HOC_ONLY = "ad_hoc_only"
SEATS_TAKEN = "seats_taken"
NO_MENTORS = "no_mentors"
NO_MENTEES = "no_mentees"
EVERYBODY_ASKED = "everybody_asked"
PROFILE_INVALID = "profile_invalid"
PIN_IMPOSSIBLE = "pin_impossible"

NOT_LOOKING = frozenset({AD_HOC_ONLY, both_sides.NO_SEATS})
"""The codes of who has no match because they look for none."""

OTHERS = "others"
"""What the library calls those on the other side in figures."""


class Unmatchable(NamedTuple):
    """A code, and its figures."""

    code: str
    figures: Mapping[str, int] = {}


def unmatchable(side: Side, code: str, figures: Mapping[str, int]) -> Unmatchable:
    """Translate what the library says of somebody on one side."""
    others = "mentors" if side == "mentee" else "mentees"
    if constraints.EXCLUDED in figures:  # who did not fit for another reason was never asked
        return Unmatchable(EVERYBODY_ASKED, {others: figures[constraints.EXCLUDED]})
    match code:
        case both_sides.NOT_ELIGIBLE:
            return Unmatchable(AD_HOC_ONLY)
        case unmatched.NOBODY_THERE:
            return Unmatchable(NO_MENTORS if side == "mentee" else NO_MENTEES)
        case unmatched.TOO_FEW_SEATS:
            return Unmatchable(SEATS_TAKEN, figures)
        case unmatched.MATCHED_ELSEWHERE | unmatched.OTHERS_PREFERRED | unmatched.SEATS_NEEDED | unmatched.NO_GROUP:
            return Unmatchable(code, {others: figures[OTHERS]})
    return Unmatchable(code, {name: count for name, count in figures.items() if name != OTHERS})
