"""What becomes of a match, for which reasons, and what that says to whoever comes too late."""

from collections.abc import Mapping
from enum import StrEnum

from shared.contracts.intake import Role
from shared.errors import Refusal


class MatchStatus(StrEnum):
    """What has become of a match."""

    PROPOSED = "proposed"
    MENTOR_ACCEPTED = "mentor_accepted"
    MENTEE_ACCEPTED = "mentee_accepted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    UNWOUND = "unwound"


ACCEPTED_BY: Mapping[Role, MatchStatus] = {
    Role.MENTOR: MatchStatus.MENTOR_ACCEPTED,
    Role.MENTEE: MatchStatus.MENTEE_ACCEPTED,
}
OPEN = {MatchStatus.PROPOSED, *ACCEPTED_BY.values()}

WHAT_HAPPENED = {
    MatchStatus.ACCEPTED: "Both have accepted this match already: carry on with the relationship.",
    MatchStatus.DECLINED: "This match was declined: wait for the next proposal.",
    MatchStatus.EXPIRED: "This proposal has expired: wait for the next one.",
    MatchStatus.SUPERSEDED: "Another match was accepted first, so this one is off: wait for the next proposal.",
    MatchStatus.WITHDRAWN: "This proposal was withdrawn: wait for the next one.",
    MatchStatus.UNWOUND: "This match has ended: wait for the next proposal.",
}


class MatchNotOpen(Refusal):
    """The match is no longer open to answers; `match_status` says what it is."""


class AlreadyAccepted(Refusal):
    """This side has accepted the match already."""


class MatchNotAccepted(Refusal):
    """Only a match that both have accepted can end early; `match_status` says what it is."""


class AskerUnknown(Refusal):
    """The request does not say for which of the two it is."""


class DeclineReason(StrEnum):
    """Why somebody says no."""

    NO_TIME = "no_time"
    NO_FIT = "no_fit"
    ACQUAINTED = "acquainted"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    OTHER = "other"


class UnwindReason(StrEnum):
    """Why an accepted match has ended early: one of the two wanted another, or has left, or a manager ended it."""

    REMATCH = "rematch"
    LEFT = "left"
    STAFF = "staff"
