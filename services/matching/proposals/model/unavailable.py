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
    """The two are being asked, one has said no, or they have worked together."""


class AskedLately(MentorUnavailable):
    """The last proposal of the two has expired, and only by hand are they asked again so soon."""


class ScoreTooLow(MentorUnavailable):
    """The two fit less well than the program asks for; `score` and `minimum_score` say how much less."""


class PairExcluded(MentorUnavailable):
    """Those who run the program keep the two apart."""


class MenteeMatched(MenteeUnavailable):
    """The mentee has all the mentors that they want."""


class RequestsExhausted(MenteeUnavailable):
    """The mentee has as many open requests as the program allows."""


class AlreadyExcluded(Refusal):
    """The two are kept apart already."""


class NotExcluded(Refusal):
    """The two are not kept apart."""


class MenteeChanged(Refusal):
    """Something has become of the mentee since whoever asks has looked; `version` is that of now."""


class PairMatched(Refusal):
    """The two have an accepted match."""


class AlreadyPinned(Refusal):
    """One mentor at a time is pinned to a mentee."""


class NotPinned(Refusal):
    """No mentor is pinned to the mentee."""
