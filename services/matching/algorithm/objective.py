"""What the points of a pair count for in the total of a matching."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Total = Literal["balanced", "plain"]

EXACT_IN_FLOAT32 = 1 << 24


def worth(points: NDArray[Any], total: Total, scale: int) -> NDArray[Any]:
    """Compute what points count for: the points themselves, or s (2 - s) of a score s, in whole points again.

    It grows with the points and rounds the same on any machine. `FORBIDDEN` stays below every allowed pair.
    """
    if total == "plain":
        return points
    dtype = np.float32 if 2 * scale < EXACT_IN_FLOAT32 else np.float64
    score: NDArray[Any] = points.astype(dtype)
    score *= 2 * scale - score
    score /= scale
    rounded: NDArray[Any] = np.rint(score).astype(points.dtype)
    return rounded
