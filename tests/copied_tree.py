"""A copy of the project that a test may change, with the services that its own pyproject.toml names."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import copy, copytree, ignore_patterns, rmtree, unpack_archive

from shared.documents.places import ROOT

FOLDERS = ("deploy", "docs", "requirements", "services", "shared", "tests")
KNOWN = (".mypy_cache",)
FILES = ("LICENSE", "Makefile", "README.md", "pyproject.toml")
BUILD = "from hatchling.build import build_editable; build_editable('build')"


@dataclass(slots=True, frozen=True)
class Tree:
    """A copy of the project, and Python as it is when that copy is what is installed."""

    folder: Path

    @classmethod
    def copied(cls, folder: Path) -> "Tree":
        """The project as it is, in a folder, with what was compiled and looked at already."""
        for name in (*FOLDERS, *(name for name in KNOWN if (ROOT / name).is_dir())):
            copytree(ROOT / name, folder / name, ignore=ignore_patterns("node_modules"))
        for name in FILES:
            copy(ROOT / name, folder)
        return cls(folder)

    def install(self) -> None:
        """Make known which entry points its pyproject.toml has."""
        build = self.folder / "build"
        rmtree(build, ignore_errors=True)
        build.mkdir()
        self.says("-c", BUILD)
        (wheel,) = build.glob("*.whl")
        unpack_archive(wheel, build, "zip")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What Python says to these words, whatever comes of it."""
        path = {"PYTHONPATH": f"{self.folder}:{self.folder / 'build'}"}
        command = [sys.executable, "-P", *words]
        return subprocess.run(
            command, cwd=self.folder, env=os.environ | path, capture_output=True, text=True, check=False
        )

    def says(self, *words: str) -> str:
        """The same, if all is well with it."""
        done = self.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
