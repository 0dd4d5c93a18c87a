"""Every version of every event has an example, and it means the same however it travels."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts.catalog import GOLDEN, every_contract, golden, golden_path
from shared.contracts.envelope import read
from shared.contracts.event import Contract, Event

Kind = type[Contract]
CONTRACTS = [pytest.param(contract, id=contract.type_name) for contract in every_contract()]


def with_unknown_fields(value: Any) -> Any:  # any part of a JSON document
    """What a later version may have written: a new field in every object."""
    if isinstance(value, dict):
        return {key: with_unknown_fields(one) for key, one in value.items()} | {"added_later": {"a": 1}}
    return [with_unknown_fields(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("contract", CONTRACTS)
def test_an_example_is_read_and_written_again_the_same(contract: Kind) -> None:
    data = golden(contract).data
    assert contract.read(data).model_dump_json(exclude_unset=True).encode() == data


@pytest.mark.parametrize("contract", CONTRACTS)
def test_an_example_means_the_same_in_binary_and_in_structured_mode(contract: Kind) -> None:
    example = golden(contract)
    assert read(example.data, example.headers()) == example
    assert example.structured() == json.loads(golden_path(contract).read_text())


@pytest.mark.parametrize("contract", CONTRACTS)
def test_an_example_carries_every_attribute_that_the_engine_writes(contract: Kind) -> None:
    example = golden(contract)
    assert example.type == contract.type_name
    assert example.subject.partition("/")[2] == contract.read(example.data).subject_id
    assert example.partitionkey == f"{example.tenant}/{example.subject}"
    assert example.time.endswith("Z")
    assert example.sequence.isdigit()
    assert example.actor
    assert example.correlationid
    assert example.causationid


@pytest.mark.parametrize("contract", [one for one in CONTRACTS if issubclass(one.values[0], Event)])  # type: ignore[arg-type]
def test_the_subject_of_an_event_is_the_aggregate_that_it_is_about(contract: Kind) -> None:
    assert golden(contract).subject.partition("/")[0] == contract.about.aggregate


@pytest.mark.parametrize("contract", CONTRACTS)
def test_fields_that_a_reader_does_not_know_are_dropped(contract: Kind) -> None:
    data = golden(contract).data
    later = json.dumps(with_unknown_fields(json.loads(data))).encode()
    assert contract.read(later) == contract.read(data)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_field_that_the_contract_does_not_have_is_not_written(contract: Kind) -> None:
    with pytest.raises(ValidationError, match="added_later"):
        contract(**(json.loads(golden(contract).data) | {"added_later": 1}))


@pytest.mark.parametrize("contract", CONTRACTS)
def test_an_event_does_not_change_after_it_is_made(contract: Kind) -> None:
    event = contract.read(golden(contract).data)
    with pytest.raises(ValidationError, match="frozen"):
        setattr(event, contract.about.subject_field, "another")


def test_there_is_no_example_without_a_contract() -> None:
    assert set(GOLDEN.rglob("*.json")) == {golden_path(contract) for contract in every_contract()}


def test_addresses_in_examples_are_nobody_s() -> None:
    addresses = [word for path in GOLDEN.rglob("*.json") for word in path.read_text().split('"') if "@" in word]
    assert addresses
    assert all(address.endswith("@example.org") for address in addresses)
