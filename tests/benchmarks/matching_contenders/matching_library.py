"""`matching`: hospitals and residents, solved for the residents."""

import sys
import threading

import numpy as np
from matching.games import HospitalResident  # type: ignore[import-not-found]
from measuring import measure  # type: ignore[import-not-found]


def work(path: str) -> dict[str, float]:
    """Preference lists from the scores, then its own algorithm."""
    given = np.load(path)
    points, seats = given["points"], given["seats"]
    allowed = points >= 0
    rows, columns = np.flatnonzero(allowed.any(axis=1)), np.flatnonzero(allowed.any(axis=0))
    residents = {
        int(row): [int(one) for one in np.argsort(-points[row], kind="stable") if allowed[row, one]] for row in rows
    }
    hospitals = {
        int(column): [int(one) for one in np.argsort(-points[:, column], kind="stable") if allowed[one, column]]
        for column in columns
    }
    game = HospitalResident.create_from_dictionaries(
        residents, hospitals, {int(one): int(seats[one]) for one in columns}
    )
    return {"size": sum(len(mentees) for mentees in game.solve(optimal="resident").values())}


if __name__ == "__main__":
    # It copies its game recursively, from everybody to everybody whom they prefer.
    sys.setrecursionlimit(1_000_000)
    threading.stack_size(1 << 29)
    thread = threading.Thread(target=measure, args=(lambda: work(sys.argv[1]),))
    thread.start()
    thread.join()
