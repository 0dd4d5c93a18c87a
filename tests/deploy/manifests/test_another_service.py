"""Another service is a folder of its own and one entry point: everything else is made, or finds it by itself."""

from pathlib import Path

import pytest

from shared.documents.places import ROOT
from tests.copied_tree import Tree

pytestmark = pytest.mark.real

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
port = 8007
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


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tree, list[str]]:
    """The project with another service, before anything was made for it, and the files that were written for that."""
    tree = Tree.copied(tmp_path_factory.mktemp("tree"))
    before = content(tree.folder)
    _add_weather(tree.folder)
    touched = [
        str(path.relative_to(tree.folder)) for path, text in content(tree.folder).items() if before.get(path) != text
    ]
    tree.install()
    return tree, sorted(touched)


@pytest.fixture
def tree(added: tuple[Tree, list[str]]) -> Tree:
    """The project with another service."""
    return added[0]


def content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _add_weather(folder: Path) -> None:
    """Everything that is written by hand."""
    project = folder / "pyproject.toml"
    group = '[project.entry-points."ithaca.services"]\n'
    project.write_text(project.read_text().replace(group, group + ENTRY))
    service = folder / "services" / "weather"
    service.mkdir()
    for name, text in FOLDER.items():
        (service / name).write_text(text)


def test_by_hand_its_own_folder_is_written_and_one_entry_point(added: tuple[Tree, list[str]]) -> None:
    tree, touched = added
    assert touched == ["pyproject.toml", *sorted(f"services/weather/{name}" for name in FOLDER)]
    written = (tree.folder / "pyproject.toml").read_text()
    assert written.replace(ENTRY, "") == (ROOT / "pyproject.toml").read_text()


def test_until_the_rest_is_made_the_check_says_what_to_run(tree: Tree) -> None:
    found = tree.run("-m", "deploy.manifests", "--check").stderr
    assert "+  - weather" in found
    assert found.endswith("Run: make manifests\n")


def test_the_rest_is_made_and_every_list_knows_it(tree: Tree) -> None:
    assert "7 services" in tree.says("-m", "deploy.manifests")
    assert "docs/http/weather.md" in tree.says("-m", "shared.documents")
    assert tree.says("-m", "shared.installed").split()[-1] == "weather"
    assert "there are intake, matching, sessions, evaluation, notify, console, weather" in _told(tree)
    listed = tree.says("-m", "pytest", "-q", "-p", "no:cacheprovider", *SUITES, "-k", "not (acme or pooled)", "-rA")
    assert " failed" not in listed
    for found in ("[weather]", "test_the_manifests_are_up_to_date"):
        assert found in listed


def _told(tree: Tree) -> str:
    """What the command line says about a service that is not there."""
    line = "import sys; from shared.cli import main; sys.argv[1:] = ['doctor', '--service', 'nobody']; main()"
    return " ".join(tree.run("-c", line).stderr.replace("│", " ").split())
