"""Why a mentor or a mentee cannot be asked, pinned or kept apart."""

from services.matching.pool.model.participant import MenteeUnavailable, MentorUnavailable
from shared.errors import Refusal


class SeatsTaken(MentorUnavailable):
    """The mentor has no free seat."""


class SeatsPromised(MentorUnavailable):
    """The mentor is asked about all free seats."""


class MentorAskedEnough(MentorUnavailable):
    """The mentor has `MOST_OPEN` proposals to answer first."""


class AlreadyAsked(MentorUnavailable):
    """The two are being asked, were asked in vain, or have worked together."""


class PairExcluded(MentorUnavailable):
    """Those who run the program keep the two apart."""


class MenteeMatched(MenteeUnavailable):
    """The mentee has all the mentors that they want."""


class RequestsExhausted(MenteeUnavailable):
    """The mentee has as many open requests as the program allows."""


class AlreadyExcluded(Refusal):
    """The two are kept apart already."""


class PairMatched(Refusal):
    """The two have an accepted match."""


class AlreadyPinned(Refusal):
    """One mentor at a time is pinned to a mentee."""


class NotPinned(Refusal):
    """No mentor is pinned to the mentee."""
