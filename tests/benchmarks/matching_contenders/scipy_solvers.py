"""SciPy: a dense assignment with the seats replicated, or a sparse one among the best twenty of each mentee."""

import sys

import numpy as np
from measuring import measure  # type: ignore[import-not-found]
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]
from scipy.sparse import coo_array  # type: ignore[import-untyped]
from scipy.sparse.csgraph import min_weight_full_bipartite_matching  # type: ignore[import-untyped]


def dense(path: str) -> dict[str, float]:
    """`linear_sum_assignment`: forbidden pairs cost more than all others together."""
    given = np.load(path)
    column = np.repeat(np.arange(len(given["seats"])), given["seats"])
    points = given["points"][:, column].astype(np.float64)
    points[points < 0] = -1e10
    rows, columns = linear_sum_assignment(points, maximize=True)
    chosen = points[rows, columns]
    return {"size": int((chosen >= 0).sum()), "total": float(chosen[chosen >= 0].sum())}


def sparse(path: str) -> dict[str, float]:
    """`min_weight_full_bipartite_matching`, with a way out for everybody: no proof for the pairs left out."""
    given = np.load(path)
    points, seats = given["points"], given["seats"]
    bar = np.partition(points, -20, axis=1)[:, -20]
    rows, mentors = np.nonzero(points >= np.maximum(bar, 0)[:, None])
    first = np.cumsum(seats) - seats
    columns = np.concatenate([first[mentors] + seat for seat in range(3)])
    kept = np.concatenate([seat < seats[mentors] for seat in range(3)])
    values = np.tile(1e7 - points[rows, mentors], 3)[kept]
    people = np.arange(len(points))
    total = int(seats.sum())
    graph = coo_array(
        (
            np.concatenate([values, np.full(len(people), 1e8)]),
            (np.concatenate([np.tile(rows, 3)[kept], people]), np.concatenate([columns[kept], total + people])),
        ),
        shape=(len(people), total + len(people)),
    )
    found_rows, found = min_weight_full_bipartite_matching(graph.tocsr())
    matched = found < total
    mentor_of = np.repeat(np.arange(len(seats)), seats)[found[matched]]
    return {"size": int(matched.sum()), "total": float(points[found_rows[matched], mentor_of].sum())}


if __name__ == "__main__":
    measure(lambda: {"dense": dense, "sparse": sparse}[sys.argv[1]](sys.argv[2]))
