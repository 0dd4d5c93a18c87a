"""Who may import whom: the rules in pyproject.toml hold, and each of them fails on a violation that is planted."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

import pytest

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
LINT = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]

DIRECTION = "deploy knows services, services know shared, never the other way round"
APART = "services do not know each other"
ROOMS = "a capability uses the models of others, as declared, and nothing else of them"
ROOM = "a capability is made of routes, these of commands and queries, these of reactions, and these of the model"
PURE = "the model and the contracts know no framework"
SHARED = "the parts of shared stand on each other in one direction"
KAFKA = "Kafka is known to its adapter, to what runs a broker, and to the tour, which reads along"
MONGO = "MongoDB is known to its adapter, and to what runs a database"
HTTP = "HTTP is known to the edge only"
ALONE = "matching from a file needs no service"
ALGORITHM = "the algorithm does not know where its problem comes from"
READ = "what people write is read without any service, contract or network"
SHEETS = "files of people are read in one package, and written with their remarks in one module"
OBSERVE = "what counts and traces is known to one package"
ASKING = "pages ask other services by one module"
ASYNCIO = "a service author never touches asyncio, except around I/O"
ENGINE = "a service author sees of the engine only how handlers are written"
PARTS = "the parts of the engine stand on each other in one direction"

PLANTED = [
    (DIRECTION, "shared.engine.planted_service", "services.intake.people.model"),
    (DIRECTION, "services.intake.planted_deploy", "deploy.local.mongo"),
    (APART, "services.intake.planted_neighbor", "services.sessions.times"),
    (ROOMS, "services.sessions.actions.commands", "services.sessions.meetings.commands"),
    (ROOMS, "services.sessions.meetings.queries", "services.sessions.relationships.queries"),
    (ROOMS, "services.sessions.meetings.model.session", "services.sessions.relationships.reactions"),
    (ROOMS, "services.sessions.relationships.model", "services.sessions.meetings.model.session"),
    (ROOMS, "services.sessions.times", "services.sessions.actions.commands"),
    (ROOMS, "services.sessions.relationships.queries", "services.sessions.service"),
    (ROOM, "services.intake.people.model", "services.intake.people.commands"),
    (ROOM, "services.intake.importing.reactions", "services.intake.importing.commands"),
    (ROOM, "services.intake.importing.queries", "services.intake.importing.routes"),
    (ROOM, "services.matching.runs.model.run", "services.matching.runs.views"),
    (ROOMS, "services.matching.choices.commands", "services.matching.proposals.commands"),
    (ROOMS, "services.matching.runs.reactions", "services.matching.pool.reactions"),
    (ROOMS, "services.matching.waitlist.queries", "services.matching.pool.queries"),
    (ROOMS, "services.matching.waitlist.views", "services.matching.proposals.views"),
    (ALGORITHM, "services.matching.algorithm.planted_file", "services.matching.file.report"),
    (ROOMS, "services.evaluation.risks.reactions", "services.evaluation.surveys.reactions"),
    (ROOMS, "services.evaluation.figures.queries", "services.evaluation.risks.queries"),
    (ROOMS, "services.evaluation.surveys.model", "services.evaluation.figures.kpis"),
    (PURE, "services.notify.messages.model.notification", "structlog"),
    (PURE, "services.matching.pool.model.participant", "shared.engine.ports.store"),
    (PURE, "services.sessions.times", "pymongo"),
    (PURE, "shared.contracts.planted", "fastapi"),
    (SHARED, "shared.engine.planted_web", "shared.web.app"),
    (SHARED, "shared.contracts.planted", "shared.engine.authoring.service"),
    (KAFKA, "services.intake.planted_kafka", "aiokafka"),
    (KAFKA, "shared.web.planted_kafka", "faststream"),
    (MONGO, "services.intake.planted_mongo", "pymongo"),
    (ALONE, "services.matching.algorithm.planted_engine", "shared.engine.execution.executor"),
    (ALONE, "services.matching.file.planted_service", "services.matching.proposals.model.match"),
    (READ, "shared.vocabulary.planted_contract", "shared.contracts.intake"),
    (READ, "shared.sheets.planted_engine", "shared.engine.ports.store"),
    (SHEETS, "services.matching.file.planted_csv", "csv"),
    (SHEETS, "services.intake.importing.planted_workbook", "openpyxl"),
    (OBSERVE, "shared.engine.planted_metric", "prometheus_client"),
    (OBSERVE, "services.intake.planted_trace", "opentelemetry"),
    (HTTP, "shared.engine.planted_http", "fastapi"),
    (HTTP, "services.intake.planted_http", "starlette"),
    (ASKING, "services.console.today.routes", "httpx"),
    (ASYNCIO, "services.sessions.planted_asyncio", "asyncio"),
    (ENGINE, "services.sessions.planted_engine", "shared.engine.execution.executor"),
    (PARTS, "shared.engine.process.planted", "shared.engine.recovery.jobs"),
    (PARTS, "shared.engine.consuming.planted", "shared.engine.process.engine"),
    (PARTS, "shared.engine.deferred.planted", "shared.engine.publishing.relay"),
    (PARTS, "shared.engine.execution.planted", "shared.engine.consuming.records"),
    (PARTS, "shared.engine.failures.planted", "shared.engine.execution.executor"),
    (PARTS, "shared.engine.batch.planted", "shared.engine.failures.lanes"),
    (PARTS, "shared.engine.coordination.planted", "shared.engine.batch.message"),
    (PARTS, "shared.engine.mongo.planted", "shared.engine.coordination.leases"),
    (PARTS, "shared.engine.ports.planted", "shared.engine.authoring.aggregate"),
]


def lint(folder: Path) -> str:
    """What import-linter says of a tree, on lines as long as they need to be."""
    ran = subprocess.run(
        LINT, cwd=folder, capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "1000"}
    )
    assert ran.returncode in (0, 1), ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a copy of the tree with all violations in it."""
    place = tmp_path_factory.mktemp("tree")
    copy(ROOT / "pyproject.toml", place)
    for folder in ("deploy", "services", "shared", "tests/architecture"):
        copytree(ROOT / folder, place / folder, ignore=ignore_patterns("__pycache__"))
    for _, importer, imported in PLANTED:
        with (place / importer.replace(".", "/")).with_suffix(".py").open("a") as module:
            module.write(f"\nimport {imported}\n")
    return lint(place)


def test_the_rules_hold() -> None:
    assert " 0 broken." in lint(ROOT), lint(ROOT)


@pytest.mark.parametrize(("rule", "importer", "imported"), PLANTED)
def test_a_planted_violation_breaks_its_rule(said: str, rule: str, importer: str, imported: str) -> None:
    _, _, broken = said.partition("Broken contracts")
    _, _, found = broken.partition(f"{rule}\n{'-' * len(rule)}\n")
    found, _, _ = found.partition("\n---")
    assert f"{importer} -> {imported} (l." in found


def test_every_rule_has_a_violation_here() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {rule["name"] for rule in rules} == {rule for rule, _, _ in PLANTED}
