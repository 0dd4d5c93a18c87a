"""Many runs at once, and one again: `python -m tests.simulation.run --seeds 0:5000`, or `--seed 42`.

`--defects 0:200` plants every defect in turn, and says in how many worlds each is found.
"""

import argparse
import gc
import logging
import os
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

import pytest
import structlog

from tests.simulation.defects import DEFECTS
from tests.simulation.promises import broken_promises
from tests.simulation.world import World

CHUNK = 25


def quiet() -> None:
    """A simulated process fails and is killed all the time: its logs and its loose ends say nothing."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore", RuntimeWarning)


def failures(seed: int) -> list[str]:
    """What a run has broken; a run that does not come to an end has broken something too."""
    world = World(seed)
    try:
        world.live()
    except (AssertionError, TimeoutError, RuntimeError) as error:
        return [f"{type(error).__name__}: {error}"]
    return list(broken_promises(world))


def _some(seeds: range) -> list[tuple[int, list[str]]]:
    quiet()
    gc.set_threshold(50_000)  # little of what a world makes goes round in circles: to look for it less often is enough
    return [(seed, found) for seed in seeds if (found := failures(seed))]


def search(seeds: range) -> Iterator[tuple[int, list[str]]]:
    """The seeds whose runs break something, found with every core."""
    parts = [range(start, min(start + CHUNK, seeds.stop)) for start in range(seeds.start, seeds.stop, CHUNK)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(_some, parts):
            yield from found


def _found(name: str, seeds: range) -> list[int]:
    quiet()
    with pytest.MonkeyPatch.context() as patch:
        DEFECTS[name][0](patch)
        return [seed for seed in seeds if failures(seed)]


def sightings(seeds: range) -> Iterator[str]:
    """A line for each planted defect: in how many worlds it is found, the first of them, and what is asked."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for name, found in zip(DEFECTS, pool.map(_found, DEFECTS, repeat(seeds)), strict=True):
            first, wanted = found[0] if found else "none", DEFECTS[name][1].stop
            yield f"{name:40} found in {len(found):4} of {len(seeds)}, first {first:>4}, within {wanted}\n"


def main(arguments: Iterable[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0:2000", help="a range, such as 0:5000")
    parser.add_argument("--seed", type=int, help="one run, with its plan and its digest")
    parser.add_argument("--defects", help="a range in which to look for every planted defect")
    options = parser.parse_args(list(arguments) if arguments is not None else None)
    quiet()
    if options.seed is not None:
        world = World(options.seed)
        found = failures(options.seed)
        sys.stdout.write(f"{world.plan}\n{found or world.live().digest()}\n")
        return
    if options.defects is not None:
        sys.stdout.writelines(sightings(_range(options.defects)))
        return
    seeds = _range(options.seeds)
    began, bad = time.monotonic(), 0
    for seed, found in search(seeds):
        bad += 1
        sys.stdout.write(f"seed {seed}: {found[0]}\n")
    minutes = (time.monotonic() - began) / 60
    sys.stdout.write(f"{len(seeds)} runs, {bad} bad, {len(seeds) / minutes:.0f} a minute\n")
    sys.exit(bad > 0)


def _range(text: str) -> range:
    first, last = map(int, text.split(":"))
    return range(first, last)


if __name__ == "__main__":
    main()
