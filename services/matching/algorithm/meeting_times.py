"""What the times that two have in common add to their score, and which pairs have too few of them."""

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.availability import Floats, Meeting
from services.matching.algorithm.criteria import EIGHTHS
from services.matching.algorithm.pairs import Indexes
from services.matching.algorithm.program import Program

Flags = NDArray[np.bool_]


class MeetingTimes:
    """What the availability of some mentees contributes, each pattern of them compared once."""

    def __init__(self, meeting: Meeting, program: Program, units: int, rows: Indexes) -> None:
        self.needed = program.constraints.overlap_hours * 4
        self.units = np.float32(EIGHTHS * units)
        self.counts = bool(units or self.needed)
        self.mentor_codes = meeting.mentor_codes
        if not self.counts:
            return
        some, pattern_of = np.unique(meeting.mentee_codes[rows], return_inverse=True)
        quarters = np.full((len(some), meeting.offered[0].shape[0] + 1), np.inf, dtype=np.float32)
        quarters[some >= 0, :-1] = meeting.quarters(some[some >= 0])
        shares = np.minimum(quarters / np.float32(program.enough_hours * 4), 1)
        self.units_of = np.where(np.isinf(quarters), 0, np.rint(shares * self.units)).astype(np.float32)[pattern_of]
        self.too_little = (quarters < self.needed)[pattern_of]

    def add(self, sums: Floats, columns: Indexes) -> Flags | None:
        """Add what it contributes; returns which pairs have too little time, None if none can."""
        if not self.counts:
            return None
        codes = self.mentor_codes[columns]  # -1 is the last column: no data
        if self.units:
            sums += np.take(self.units_of, codes, axis=1, mode="wrap")
        if not self.needed:
            return None
        too_little: Flags = np.take(self.too_little, codes, axis=1, mode="wrap")
        return too_little
