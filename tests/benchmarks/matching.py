"""`make bench-matching`: matching beside its peers, each in an environment of its own, one core and one process each.

Prints a table, and writes `build/bench/matching.json`. Slow peers run once, ours and the fast ones several times; what
counts is processor time, so that other work on the machine disturbs little. `--large` does the largest sizes.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.rows import Row, show, write

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "bench"
CONTENDERS = Path(__file__).parent / "matching_contenders"
PEERS = {"scipy": ["scipy==1.17.1"], "mentor-match": ["mentor-match==7.0.1", "numpy"], "matching": ["matching==1.4.3"]}
ONE_CORE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

Measured = dict[str, float]


def run(python: Path, *arguments: object) -> Measured:
    """What a contender says of itself."""
    command = [str(python), *map(str, arguments)]
    ran = subprocess.run(command, cwd=ROOT, env=os.environ | ONE_CORE, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"{' '.join(command)} has failed: {ran.stderr[-500:]}")
    found: Measured = json.loads(ran.stdout.splitlines()[-1]) if ran.stdout.strip() else {}
    return found


def ours(passes: int, *arguments: object) -> Measured:
    """The median of several runs of ours."""
    runs = [
        run(Path(sys.executable), "-m", "tests.benchmarks.matching_contenders.ours", *arguments) for _ in range(passes)
    ]
    return {key: statistics.median(one[key] for one in runs) for key in runs[0]}


def peer(name: str, script: str, *arguments: object) -> Measured:
    """One run of a peer in its environment, which is made first if need be."""
    home = FOLDER / "venvs" / name
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS[name]], check=True)
    return run(python, CONTENDERS / script, *arguments)


def table(mentees: int, mentors: int) -> Path:
    """The scores of everybody, for those who only solve."""
    path = FOLDER / f"table-{mentees}x{mentors}.npz"
    if not path.exists():
        run(Path(sys.executable), "-m", "tests.benchmarks.matching_contenders.ours", "table", mentees, mentors, path)
    return path


def faster(name: str, mine: Measured, theirs: Measured, against: str, least: float) -> Row:
    """How many times less processor time."""
    ratio = theirs["seconds"] / mine["seconds"]
    return Row(name, round(mine["seconds"], 4), "s", against, round(ratio, 2), f">= {least:g}", ratio >= least)


def smaller(name: str, mine: Measured, theirs: Measured, against: str, least: float) -> Row:
    """How many times less added memory."""
    ratio = theirs["megabytes"] / max(mine["megabytes"], 1)
    return Row(name, round(mine["megabytes"], 1), "MB", against, round(ratio, 2), f">= {least:g}", ratio >= least)


def at_most(name: str, value: float, unit: str, most: float) -> Row:
    """A figure without a peer."""
    return Row(name, round(value, 6), unit, "", None, f"<= {most:g}", value <= most)


def against_mentor_match(mentees: int, mentors: int, least: float, passes: int) -> list[Row]:
    """Ours, scored and proved, beside theirs on the same scores."""
    mine = ours(passes, "whole", mentees, mentors, 0)
    theirs = peer("mentor-match", "mentor_match.py", table(mentees, mentors))
    size = f"{mentees:,} x {mentors:,}"
    return [
        faster(f"{size} proved optimal", mine, theirs, "mentor-match", least),
        smaller(f"{size} memory", mine, theirs, "mentor-match", 15),
    ]


def against_scipy(mentees: int, mentors: int, passes: int) -> list[Row]:
    """Ours with scoring, beside SciPy's solvers without."""
    near, exact = ours(passes, "whole", mentees, mentors, 0.001), ours(passes, "whole", mentees, mentors, 0)
    only_total = ours(1, "total", mentees, mentors, 0)
    path, size = table(mentees, mentors), f"{mentees:,} x {mentors:,}"
    dense, sparse = (peer("scipy", "scipy_solvers.py", kind, path) for kind in ("dense", "sparse"))
    assert only_total["size"] == dense["size"], "SciPy matches as many"
    assert abs(only_total["total"] - dense["total"]) < 1, "SciPy finds the same total"
    lost = 1 - exact["total"] / only_total["total"]
    return [
        faster(f"{size} within 0.1 %, proved", near, dense, "SciPy dense", 6),
        faster(f"{size} exact, proved", exact, dense, "SciPy dense", 3),
        smaller(f"{size} memory", exact, dense, "SciPy dense", 20),
        faster(f"{size} exact, beside the best twenty, unproved", exact, sparse, "SciPy sparse", 0),
        at_most(f"{size} total lost for size and worst", lost, "of the total", 0.001),
    ]


def stability(mentees: int, mentors: int, passes: int) -> list[Row]:
    """Deferred acceptance beside theirs, ours with scoring."""
    mine, theirs = (
        ours(passes, "stable", mentees, mentors),
        peer("matching", "matching_library.py", table(mentees, mentors)),
    )
    size = f"{mentees:,} x {mentors:,} stable"
    return [
        faster(size, mine, theirs, "matching", 100),
        at_most(f"{size}, blocking pairs", mine["blocking"], "pairs", 0),
    ]


def following(mentees: int, mentors: int) -> list[Row]:
    """Events one at a time."""
    size = f"{mentees:,} x {mentors:,} rolling"
    free, one = ours(1, "rolling", mentees, mentors), ours(1, "rolling", mentees, mentors, 1)
    return [
        at_most(f"{size} with scoring, p95 of an event", free["p95"] * 1000, "ms", 10),
        at_most(f"{size} by one move, with scoring, p95 of an event", one["p95"] * 1000, "ms", 10),
        at_most(f"{size} by one move, others moved by an event, most", one["most_moves"], "people", 1),
        at_most(f"{size} by one move, total lost, mean", one["lost"], "of the total", 0.003),
    ]


def large(mentees: int, mentors: int, gap: float, seconds: float, megabytes: float) -> list[Row]:
    """A size that no peer takes."""
    mine, size = ours(1, "whole", mentees, mentors, gap), f"{mentees:,} x {mentors:,}"
    return [
        at_most(f"{size} proved gap", mine["gap"], "of the total", gap),
        at_most(f"{size} with scoring", mine["seconds"], "s", seconds),
        at_most(f"{size} added memory", mine["megabytes"], "MB", megabytes),
    ]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--small", action="store_true", help="only what takes seconds")
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if asked.large:
        rows = [*large(50_000, 30_000, 1e-4, 120, 1000), *large(100_000, 60_000, 5e-4, 360, 4000)]
    else:
        rows = against_mentor_match(500, 300, 200, asked.passes)
        rows += stability(*((500, 300) if asked.small else (2_000, 1_200)), asked.passes)
        if not asked.small:
            rows += against_mentor_match(2_000, 1_200, 400, asked.passes)
            rows += against_scipy(10_000, 6_000, asked.passes)
            rows += following(10_000, 6_000)
    write(rows, FOLDER / ("matching-large.json" if asked.large else "matching.json"))
    show(rows, "Matching: how many times less than a peer takes")


if __name__ == "__main__":
    main()
