"""A sixth service is a folder of its own and one entry point: everything else is made, or finds it by itself."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import copy, copytree, ignore_patterns, unpack_archive

import pytest

from shared.documents.places import ROOT

pytestmark = pytest.mark.real

COPIED = ("deploy", "services", "shared", "tests", "docs", "requirements")
FILES = ("pyproject.toml", "README.md", "LICENSE", "Makefile")
ENTRY = 'weather = "services.weather.service:service"\n'
FOLDER = {
    "__init__.py": '"""Weather: what it was like when people met."""\n',
    "__main__.py": '''"""`python -m services.weather` runs the service."""

from services.weather.service import service
from shared.main import run

if __name__ == "__main__":
    run(service)
''',
    "service.py": '''"""The weather service: notes what it was like when a session was held."""

from shared.contracts.sessions import SessionCompleted
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.service import Service
from shared.settings import Settings


class WeatherSettings(Settings):
    """Where the weather is looked at."""

    station: str


reactions = Handlers()


@reactions.on("note_session")
def note_session(event: SessionCompleted, ctx: Context) -> None:
    """Note the weather of a session."""


service = Service("weather", title="Weather", emits=[], handles=[reactions], settings=WeatherSettings)
''',
    "deployment.toml": """\
port = 8006
internet = [443]

[compose]
ITHACA_STATION = "harbor"

[local]
ITHACA_STATION = "$home"
""",
}
SUITES = (
    "tests/contracts/test_documents.py",
    "tests/deploy/compose",
    "tests/deploy/k8s/test_cells.py::test_every_cell_keeps_every_rule",
    "tests/deploy/k8s/test_development.py",
    "tests/deploy/local/test_surroundings.py",
    "tests/deploy/manifests/test_making.py::test_the_manifests_are_up_to_date",
    "tests/deploy/test_deployment.py::test_every_service_that_is_installed_is_listed_and_tokens_come_from_the_first",
)
"""Those that go through all services, and need no broker and no database."""


@dataclass(slots=True, frozen=True)
class Tree:
    """A copy of the project, installed by itself, with what was added to it by hand."""

    folder: Path
    touched: list[str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What Python says in it."""
        path = {"PYTHONPATH": f"{self.folder}:{self.folder / 'build'}", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-P", "-m", *words]
        return subprocess.run(
            command, cwd=self.folder, env=os.environ | path, capture_output=True, text=True, check=False
        )

    def says(self, *words: str) -> str:
        """The same, if all is well with it."""
        done = self.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The project with a sixth service, before anything was made for it."""
    folder = tmp_path_factory.mktemp("tree")
    for name in COPIED:
        copytree(ROOT / name, folder / name, ignore=ignore_patterns("__pycache__"))
    for name in FILES:
        copy(ROOT / name, folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    _add_weather(folder)
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    touched = [str(path.relative_to(folder)) for path, text in after.items() if before.get(path) != text]
    tree = Tree(folder, sorted(touched))
    (folder / "build").mkdir()
    (folder / "install.py").write_text("from hatchling.build import build_editable; build_editable('build')")
    tree.says("install")
    (wheel,) = (folder / "build").glob("*.whl")
    unpack_archive(wheel, folder / "build", "zip")
    return tree


def _add_weather(folder: Path) -> None:
    """Everything that is written by hand."""
    project = folder / "pyproject.toml"
    group = '[project.entry-points."ithaca.services"]\n'
    project.write_text(project.read_text().replace(group, group + ENTRY))
    service = folder / "services" / "weather"
    service.mkdir()
    for name, text in FOLDER.items():
        (service / name).write_text(text)


def test_by_hand_its_own_folder_is_written_and_one_entry_point(tree: Tree) -> None:
    assert tree.touched == ["pyproject.toml", *sorted(f"services/weather/{name}" for name in FOLDER)]
    written = (tree.folder / "pyproject.toml").read_text()
    assert written.replace(ENTRY, "") == (ROOT / "pyproject.toml").read_text()


def test_until_the_rest_is_made_the_check_says_what_to_run(tree: Tree) -> None:
    found = tree.run("deploy.manifests", "--check").stderr
    assert "+  - weather" in found
    assert found.endswith("Run: make manifests\n")


def test_the_rest_is_made_and_every_list_knows_it(tree: Tree) -> None:
    assert "6 services" in tree.says("deploy.manifests")
    assert "docs/http/weather.md" in tree.says("shared.documents")
    assert tree.says("shared.installed").split()[-1] == "weather"
    assert "there are intake, matching, sessions, evaluation, notify, weather" in _told(tree)
    listed = tree.says("pytest", "-q", "-p", "no:cacheprovider", *SUITES, "-k", "not (acme or pooled)", "-rA")
    assert " failed" not in listed
    for found in ("[weather]", "test_the_manifests_are_up_to_date"):
        assert found in listed


def _told(tree: Tree) -> str:
    """What the command line says about a service that is not there."""
    (tree.folder / "line.py").write_text("from shared.cli import main; main()")
    return " ".join(tree.run("line", "doctor", "--service", "nobody").stderr.replace("│", " ").split())
