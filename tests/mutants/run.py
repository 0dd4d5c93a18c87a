"""Change the rules a little, again and again: `python -m tests.mutants.run [GROUP ...]` says what no test notices.

With `--sample N`, so many changes of each group are tried, always the same ones as long as the code is the same.

Exits with 1 if too few changes are noticed, if one survives that `survivors.toml` does not excuse, or if that file
excuses one that does not survive.
"""

import argparse
import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.mutants.groups import ROOT, Group, groups

WANTED = 0.95
"""The share of changes that tests must notice."""

EXCUSED = Path(__file__).with_name("survivors.toml")


def excuses() -> dict[str, str]:
    """Why a change may survive, by its description."""
    return tomllib.loads(EXCUSED.read_text())


def say(text: str, end: str = "\n") -> str:
    """Print a text for whoever runs this, and return it."""
    sys.stdout.write(text + end)
    sys.stdout.flush()
    return text


def tried(group: Group, sample: int | None) -> Iterator[tuple[int, str | None]]:
    """For each change of a group how many there are, and its description if it survives."""
    command = [sys.executable, "-m", "tests.mutants.trial", group.name, *([str(sample)] if sample else [])]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as trial:
        assert trial.stdout is not None
        for line in trial.stdout:
            of, survivor = json.loads(line)
            yield of, survivor
    if trial.returncode:
        raise SystemExit(f"{group.name} cannot be tried: run `pytest {' '.join(group.tests)}`")


def wrong(survivors: Sequence[str], excused: dict[str, str], group: str) -> list[str]:
    """What survives without a reason in a group, and reasons for what does not survive."""
    ours = [change for change in excused if f"/{group}/" in change]
    return [
        *(f"survives: {change}" for change in survivors if change not in excused),
        *(
            f"does not survive, and is excused in {EXCUSED.name}: {change}"
            for change in ours
            if change not in survivors
        ),
    ]


def main(names: list[str], sample: int | None = None) -> int:
    """Try the groups of these names, or all: whole, or a sample of each."""
    chosen = [group for group in groups() if not names or group.name in names]
    excused, complaints, survivors, total = excuses(), list[str](), list[str](), 0
    for group in chosen:
        began, count, found = time.monotonic(), 0, list[str]()
        for of, survivor in tried(group, sample):
            count, found = count + 1, [*found, survivor] if survivor else found
            if sys.stdout.isatty():
                say(f"{group.name}: {count} of {of}, {len(found)} survive", end="\r")
        say(f"{group.name}: {count - len(found)} of {count} changes are noticed, {time.monotonic() - began:.0f} s")
        survivors, total = survivors + found, total + count
        reasons = {change: why for change, why in excused.items() if not sample or change in found}
        complaints += [say(complaint) for complaint in wrong(found, reasons, group.name)]
    share = 1 - len(survivors) / max(total, 1)
    say(f"all: {total - len(survivors)} of {total}, {share:.1%}; {WANTED:.0%} are wanted")
    if not complaints:
        say(f"each of the {len(survivors)} that survive has its reason in {EXCUSED.name}")
    return int(bool(complaints) or share < WANTED)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("groups", nargs="*")
    parser.add_argument("--sample", type=int)
    chosen = parser.parse_args()
    sys.exit(main(chosen.groups, chosen.sample))
