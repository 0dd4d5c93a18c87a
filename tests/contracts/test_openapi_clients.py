"""The OpenAPI documents, read by programs that we did not write: a validator, and a generator of clients."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.documents.places import HTTP
from shared.installed import installed_services
from tests.contracts.foreign import INSTALLED, PYTHON, install_clients
from tests.shared.web.api import Api, running
from tests.shared.web.garden import garden
from tests.shared.web.wire import server

pytestmark = pytest.mark.real

HERE = Path(__file__).with_name("clients")

Json = dict[str, Any]  # an OpenAPI document
Words = list[str | Path]  # of a command


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    """Have both programs in build/clients."""
    install_clients()


def validate(document: Path) -> subprocess.CompletedProcess[str]:
    """What the validator of the OpenAPI specification says."""
    words: Words = [INSTALLED / "bin" / "openapi-spec-validator", "--schema", "3.1", document]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def generate(document: Path, client: Path) -> None:
    """A client; whatever it would have to leave out is an error."""
    words: Words = [
        INSTALLED / "bin" / "openapi-python-client",
        "generate",
        "--path",
        document,
        "--output-path",
        client,
    ]
    more: Words = ["--meta", "none", "--fail-on-warning", "--config", HERE / "generator.yaml"]
    ran = subprocess.run([*words, *more], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def of_garden(folder: Path, api: Api) -> Path:
    """The document of a small service, as a file."""
    file = folder / "garden.json"
    file.write_text(json.dumps(api.app.openapi()))
    return file


@pytest.mark.parametrize("service", [service.name for service in installed_services()])
def test_a_foreign_validator_has_nothing_against_a_document(service: str) -> None:
    ran = validate(HTTP / f"{service}.json")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def name_no_title(document: Json) -> None:
    """Leave out what the specification demands."""
    del document["info"]["title"]


def lose_a_parameter(document: Json) -> None:
    """Say nothing of what is in a path."""
    document["paths"]["/v1/plots/{plot_id}"]["get"]["parameters"] = []


def repeat_an_id(document: Json) -> None:
    """Call two operations the same."""
    document["paths"]["/v1/plots"]["get"]["operationId"] = "WaterPlot"


@pytest.mark.parametrize("mistake", [name_no_title, lose_a_parameter, repeat_an_id])
def test_it_finds_a_planted_mistake(tmp_path: Path, mistake: Callable[[Json], None]) -> None:
    with running(garden) as api:
        file = of_garden(tmp_path, api)
    document = json.loads(file.read_text())
    mistake(document)
    file.write_text(json.dumps(document))
    assert validate(file).returncode != 0


@pytest.mark.parametrize("service", [service.name for service in installed_services()])
def test_a_generated_client_has_every_operation_and_every_model(tmp_path: Path, service: str) -> None:
    document = json.loads((HTTP / f"{service}.json").read_text())
    generate(HTTP / f"{service}.json", tmp_path / "client")
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    made = [path.stem for path in (tmp_path / "client" / "api").glob("*/*.py") if path.stem != "__init__"]
    assert len(made) == len(operations) == len(set(made))
    classes = "\n".join(path.read_text() for path in (tmp_path / "client" / "models").glob("*.py"))
    assert [name for name in document["components"]["schemas"] if f"class {name}" not in classes] == []


def test_a_generated_client_asks_a_service_and_reads_its_answers(tmp_path: Path) -> None:
    async def ask(api: Api) -> Json:
        async with server(api.app) as port:
            words: Words = [PYTHON, HERE / "ask.py", f"http://127.0.0.1:{port.number}", str(api.token)]
            process = await asyncio.create_subprocess_exec(
                *words, stdout=subprocess.PIPE, env={"PYTHONPATH": str(tmp_path)}
            )
            said, _ = await process.communicate()
        assert process.returncode == 0
        found: Json = json.loads(said)
        return found

    with running(garden) as api:
        generate(of_garden(tmp_path, api), tmp_path / "garden")
        said = api.runner.run(ask(api))
    assert said == {
        "watered": [200, '"2"'],
        "refused": [409, "plot-flooded", 95],
        "shown": 5,
        "listed": [5],
    }
