"""The AsyncAPI documents, read by a parser that we did not write: that of the AsyncAPI project, in Node."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.documents.places import EVENTS
from shared.installed import installed_services
from tests.contracts.foreign import run

pytestmark = pytest.mark.real

PARSER = Path(__file__).with_name("asyncapi")
WARNING = 1
"""Errors are 0, warnings 1, information and hints above."""

Json = dict[str, Any]  # an AsyncAPI document
Said = dict[str, list[Json]]


def name_no_title(document: Json) -> None:
    """Leave out what the specification demands."""
    del document["info"]["title"]


def send_to_nowhere(document: Json) -> None:
    """Let an operation use a channel that there is not."""
    document["operations"]["ithaca.intake.ProgramPublished.v1"]["channel"]["$ref"] = "#/channels/nowhere"


def lose_a_schema(document: Json) -> None:
    """Let a message refer to a payload that there is not."""
    del document["components"]["schemas"]["ProgramPublished"]


def leave_the_cell_open(document: Json) -> None:
    """Let an address have a parameter that nobody explains."""
    document["channels"]["intake"]["parameters"] = {}


MISTAKES: list[Callable[[Json], None]] = [
    name_no_title,
    send_to_nowhere,
    lose_a_schema,
    leave_the_cell_open,
]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What the parser says of every document, and of one with each of the mistakes."""
    planted = tmp_path_factory.mktemp("planted")
    for mistake in MISTAKES:
        document = json.loads((EVENTS / "asyncapi" / "intake.json").read_text())
        mistake(document)
        (planted / mistake.__name__).write_text(json.dumps(document))
    files = [*(EVENTS / "asyncapi").glob("*.json"), *planted.iterdir()]
    return {Path(file).stem: found for file, found in run(PARSER, *map(str, files)).items()}


@pytest.mark.parametrize("service", [service.name for service in installed_services()])
def test_a_foreign_parser_has_nothing_against_a_document(said: Said, service: str) -> None:
    assert [found for found in said[service] if found["severity"] <= WARNING] == []


@pytest.mark.parametrize("mistake", [mistake.__name__ for mistake in MISTAKES])
def test_a_foreign_parser_finds_a_planted_mistake(said: Said, mistake: str) -> None:
    assert [found for found in said[mistake] if found["severity"] <= WARNING]
