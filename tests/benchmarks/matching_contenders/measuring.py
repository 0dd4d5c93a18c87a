"""What a piece of work takes. This file is read by other environments, too: it needs nothing installed."""

import gc
import json
import resource
import sys
import time
from collections.abc import Callable


def peak_megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))


def measure(work: Callable[[], dict[str, float]]) -> None:
    """Do it, and print processor time, added memory and what it says of its result."""
    gc.collect()
    before, started = peak_megabytes(), time.process_time()
    said = work()
    seconds = time.process_time() - started
    print(json.dumps({"seconds": seconds, "megabytes": peak_megabytes() - before} | said))  # noqa: T201 - the answer
