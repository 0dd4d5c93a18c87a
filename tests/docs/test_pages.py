"""A page of the catalog tells an integrator all that is to be known of an event."""

import json
import re

import pytest
from pydantic import BaseModel

from shared.contracts.catalog import every_contract, golden
from shared.contracts.event import Contract
from shared.documents.__main__ import dated
from shared.documents.flow import after, before
from shared.documents.places import EVERY_SERVICE, OVERVIEW, event_page, http_page, service_page
from shared.documents.shapes import rows
from shared.installed import installed_services

SERVICES = installed_services()
EVENTS = [pytest.param(contract, id=contract.type_name) for contract in every_contract()]
SECTIONS = ("What causes it", "What it causes", "Fields", "Example", "JSON Schema", "Related events")
FACTS = ("Type", "Kind", "Sent by", "Topic", "About", "Record key", "Versions", "Since")


def section(contract: type[Contract], title: str) -> str:
    """What stands under a heading of an event's page."""
    return event_page(contract).read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0].strip()


@pytest.mark.parametrize("contract", EVENTS)
def test_a_page_has_every_section_and_every_fact(contract: type[Contract]) -> None:
    assert [title for title in SECTIONS if not section(contract, title)] == []
    facts = dict(re.findall(r"^\| \*\*(.+?)\*\* \| (.+) \|$", event_page(contract).read_text(), flags=re.MULTILINE))
    assert tuple(facts) == FACTS


@pytest.mark.parametrize("contract", EVENTS)
def test_every_field_says_what_it_means(contract: type[Contract]) -> None:
    schema = dated(contract)
    assert [row.name for row in rows(schema, schema) if not row.meaning] == [], (
        "give it a description: a line in quotes below the field, or a type of shared.contracts.fields"
    )
    assert all(f"| `{row.name}` |" in section(contract, "Fields") for row in rows(schema, schema))


@pytest.mark.parametrize("contract", EVENTS)
def test_the_example_is_a_whole_record(contract: type[Contract]) -> None:
    key, headers, value = re.findall(r"```\w+\n(.*?)\n```", section(contract, "Example"), flags=re.DOTALL)
    event = golden(contract)
    assert key == event.partitionkey
    assert [tuple(line.split(": ", 1)) for line in headers.splitlines()] == [
        (name, text.decode()) for name, text in event.headers()
    ]
    assert json.loads(value) == json.loads(event.data)


@pytest.mark.parametrize("contract", EVENTS)
def test_a_page_names_all_that_cause_it_and_all_that_react(contract: type[Contract]) -> None:
    causes, effects = section(contract, "What causes it"), section(contract, "What it causes")
    assert all(named(step.handler.takes) in causes for step in before(contract, SERVICES))
    assert all(f"| {step.service.name} | `{step.handler.name}` |" in effects for step in after(contract, SERVICES))


def named(kind: type[BaseModel]) -> str:
    """How pages name what a handler takes: an event as it travels."""
    return kind.about.name if issubclass(kind, Contract) else kind.__name__


def test_every_event_is_in_the_overview_and_on_the_page_of_who_sends_it() -> None:
    for service in SERVICES:
        for contract in [*service.emits, *service.shared.values()]:
            assert f"]({event_page(contract).relative_to(OVERVIEW.parent)})" in OVERVIEW.read_text()
            assert f"[{contract.about.name}](" in service_page(service).read_text()


def test_every_operation_has_an_example_and_its_errors() -> None:
    for page in [EVERY_SERVICE, *map(http_page, SERVICES)]:
        for operation in re.split(r"^### ", page.read_text(), flags=re.MULTILINE)[1:]:
            assert "```sh\ncurl " in operation
            assert re.search(r"Answers \*\*[23]", operation)
            assert "Errors: " in operation or "It has no errors" in operation
