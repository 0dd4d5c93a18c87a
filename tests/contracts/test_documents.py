"""The documents are up to date, and say of the events what is so."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError  # type: ignore[import-untyped]

from shared.contracts.catalog import every_contract, golden
from shared.contracts.event import Contract
from shared.contracts.schemas import schema_path
from shared.documents.__main__ import documents, outdated
from shared.documents.flow import OF_EVERY_SERVICE, own, received, sent
from shared.documents.places import EVENTS, FOLDERS, OVERVIEW, openapi_path
from shared.documents.topics import TOPICS
from shared.installed import installed_services

CONTRACTS = [pytest.param(contract, id=contract.type_name) for contract in every_contract()]
SERVICES = installed_services()


def validator(contract: type[Contract]) -> Draft202012Validator:
    """The published schema of a contract."""
    return Draft202012Validator(json.loads(schema_path(contract).read_text()))


@pytest.mark.long  # and `make check` says so at once
def test_the_documents_are_up_to_date() -> None:
    assert outdated(documents(SERVICES), *FOLDERS) == [], "Run: make contracts"


def test_what_is_changed_missing_or_left_over_is_out_of_date(tmp_path: Path) -> None:
    same, changed, missing, left_over = (tmp_path / name for name in ("same", "changed", "missing", "left_over"))
    for path in (same, changed, left_over):
        path.write_text("before")
    wanted = {same: "before", changed: "now", missing: "now"}
    assert outdated(wanted, tmp_path) == sorted([changed, missing, left_over])


def test_no_model_is_published_under_the_path_of_its_module() -> None:
    documents = [json.loads(openapi_path(service).read_text()) for service in SERVICES]
    models = [model for document in documents for model in document["components"]["schemas"]]
    assert [model for model in models if "__" in model] == [], "Two models of a service share a name: rename one"


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_schema_is_one_and_describes_the_example(contract: type[Contract]) -> None:
    published = validator(contract)
    Draft202012Validator.check_schema(published.schema)
    published.validate(json.loads(golden(contract).data))


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_schema_is_open_to_fields_that_come_later(contract: type[Contract]) -> None:
    validator(contract).validate(json.loads(golden(contract).data) | {"added_later": 1})
    assert "additionalProperties" not in schema_path(contract).read_text()


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_schema_refuses_what_lacks_the_subject(contract: type[Contract]) -> None:
    lacking = json.loads(golden(contract).data)
    del lacking[contract.about.subject_field]
    with pytest.raises(ValidationError, match=contract.about.subject_field):
        validator(contract).validate(lacking)


def test_every_event_is_sent_by_one_service_which_is_the_one_that_its_type_names() -> None:
    sending = [(service.name, contract) for service in SERVICES for contract in own(service)]
    assert sorted(contract.type_name for _, contract in sending) == sorted(
        contract.type_name for contract in every_contract() if contract not in OF_EVERY_SERVICE
    )
    named = [(sender, contract.about.service) for sender, contract in sending if not contract.about.topic]
    assert [pair for pair in named if len(set(pair)) > 1] == []


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_the_examples_in_an_asyncapi_document_are_as_it_says(service: str) -> None:
    document = json.loads((EVENTS / "asyncapi" / f"{service}.json").read_text())
    for message in document["components"]["messages"].values():
        (example,) = message["examples"]
        for part in ("headers", "payload"):
            Draft202012Validator(document | message[part]).validate(example[part])


def test_an_asyncapi_document_has_every_reaction_and_every_event_sent() -> None:
    for service in SERVICES:
        document = json.loads((EVENTS / "asyncapi" / f"{service.name}.json").read_text())
        operations = {name: operation["action"] for name, operation in document["operations"].items()}
        reactions = [(one.name, takes.__name__) for takes, handlers in received(service).items() for one in handlers]
        times = Counter(name for name, _ in reactions)
        assert operations == {one.type_name: "send" for one in sent(service)} | {
            name if times[name] == 1 else f"{name}.{takes}": "receive" for name, takes in reactions
        }


def test_every_topic_is_described_and_the_shared_ones_with_what_their_readers_do() -> None:
    for service in SERVICES:
        document = json.loads((EVENTS / "asyncapi" / f"{service.name}.json").read_text())
        described = {name: channel["description"] for name, channel in document["channels"].items()}
        assert all(described.values())
        assert "clock" in described
        assert [name for name, words in TOPICS.items() if described.get(name, words) != words] == []
    assert all(words in TOPICS["clock"] for words in ("key", "ce_source", "ce_sequence"))
    assert "tombstone" in TOPICS["people"]
    assert all(f"| `{{cell}}.{name}` |" in OVERVIEW.read_text() for name in TOPICS)


def test_the_page_leads_to_what_is_there() -> None:
    links = re.findall(r"\]\(([^)]+)\)", OVERVIEW.read_text())
    local = [EVENTS / link for link in links if "://" not in link]
    assert len(local) > len(CONTRACTS)
    assert [path for path in local if not path.is_file()] == []
