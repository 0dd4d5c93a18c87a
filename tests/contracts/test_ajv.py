"""The JSON Schemas of events, read by a validator that we did not write, as strictly as it can: ajv, in Node."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from shared.contracts.catalog import every_contract, golden
from shared.contracts.event import Contract
from shared.contracts.schemas import portable, released, schema, schema_path
from tests.contracts.foreign import run

pytestmark = pytest.mark.real

AJV = Path(__file__).with_name("ajv")
CONTRACTS = {contract.type_name: contract for contract in every_contract()}

Json = dict[str, Any]  # an example, or a schema


class Case(NamedTuple):
    """A schema with examples, and which of them are valid; none where the schema is to be refused."""

    schema: Json
    examples: list[Json]
    valid: list[bool] | None


def wrong(contract: type[Contract], published: Json) -> Iterator[Json]:
    """The example with one fault each: without its subject, and with a time that is none."""
    example = json.loads(golden(contract).data)
    yield {name: value for name, value in example.items() if name != contract.about.subject_field}
    for name, field in published["properties"].items():
        if field.get("format") == "date-time":
            yield example | {name: "yesterday"}
            yield example | {name: "2027-02-30T10:00:00Z"}


def of(contract: type[Contract]) -> Case:
    """The published schema, with the golden example, one that a later release may write, and wrong ones."""
    published = json.loads(schema_path(contract).read_text())
    example, faults = json.loads(golden(contract).data), [*wrong(contract, published)]
    return Case(published, [example, example | {"added_later": 1}, *faults], [True, True, *[False] * len(faults)])


def planted() -> Mapping[str, Case]:
    """Schemas that are to be refused."""
    sound = json.loads(schema_path(every_contract()[0]).read_text())
    faults: dict[str, Json] = {
        "a keyword of our own": {"x-since": "0.1.0"},
        "a format that nobody knows": {"properties": {"day": {"type": "string", "format": "weekday"}}},
        "a keyword for another type": {"properties": {"day": {"type": "string", "minimum": 1}}},
        "a required field that is not described": {"required": ["nothing"], "properties": {"day": {"type": 1}}},
    }
    return {name: Case(sound | fault, [], None) for name, fault in faults.items()}


CASES = {name: of(contract) for name, contract in CONTRACTS.items()} | dict(planted())


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Json]:
    """What ajv says of every case."""
    file = tmp_path_factory.mktemp("ajv") / "cases.json"
    file.write_text(json.dumps([{"schema": one.schema, "examples": one.examples} for one in CASES.values()]))
    return dict(zip(CASES, run(AJV, str(file)), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_a_strict_validator_takes_each_schema_and_judges_by_it(said: Mapping[str, Json], name: str) -> None:
    case = CASES[name]
    if case.valid is None:
        assert "refused" in said[name]
    else:
        assert said[name] == {"valid": case.valid}


@pytest.mark.parametrize("name", CONTRACTS)
def test_what_is_kept_in_the_comment_is_read_again(name: str, tmp_path: Path) -> None:
    contract = CONTRACTS[name]
    whole, file = schema(contract) | {"x-since": "0.1.0"}, tmp_path / "schema.json"
    file.write_text(json.dumps(portable(whole)))
    assert released(file) == whole
    assert released(schema_path(contract)) | {"x-since": "0.1.0"} == whole
