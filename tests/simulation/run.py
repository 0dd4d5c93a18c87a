"""Many runs at once, and one again: `python -m tests.simulation.run --seeds 0:5000`, or `--seed 42`."""

import argparse
import logging
import os
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor

import structlog

from tests.simulation.model import broken_promises
from tests.simulation.world import World

CHUNK = 25


def quiet() -> None:
    """A simulated process fails and is killed all the time: its logs and its loose ends say nothing."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore", RuntimeWarning)


def failures(seed: int) -> list[str]:
    """What a run has broken; a run that does not come to an end has broken something too."""
    world = World.of(seed)
    try:
        world.live()
    except (AssertionError, TimeoutError, RuntimeError) as error:
        return [f"{type(error).__name__}: {error}"]
    return list(broken_promises(world))


def _some(seeds: range) -> list[tuple[int, list[str]]]:
    quiet()
    return [(seed, found) for seed in seeds if (found := failures(seed))]


def search(seeds: range) -> Iterator[tuple[int, list[str]]]:
    """The seeds whose runs break something, found with every core."""
    parts = [range(start, min(start + CHUNK, seeds.stop)) for start in range(seeds.start, seeds.stop, CHUNK)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(_some, parts):
            yield from found


def main(arguments: Iterable[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0:2000", help="a range, such as 0:5000")
    parser.add_argument("--seed", type=int, help="one run, with its plan and its digest")
    options = parser.parse_args(list(arguments) if arguments is not None else None)
    quiet()
    if options.seed is not None:
        world = World.of(options.seed)
        found = failures(options.seed)
        sys.stdout.write(f"{world.plan}\n{found or world.live().digest()}\n")
        return
    first, last = map(int, options.seeds.split(":"))
    began, bad = time.monotonic(), 0
    for seed, found in search(range(first, last)):
        bad += 1
        sys.stdout.write(f"seed {seed}: {found[0]}\n")
    minutes = (time.monotonic() - began) / 60
    sys.stdout.write(f"{last - first} runs, {bad} bad, {(last - first) / minutes:.0f} a minute\n")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
