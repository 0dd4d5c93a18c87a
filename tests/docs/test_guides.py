"""What the guides tell people to type fits what there is."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from shared.contracts.catalog import every_contract
from shared.documents.operations import operations
from shared.documents.places import ROOT, openapi_path
from shared.installed import installed_services

GUIDES = ROOT / "docs" / "guides"
SERVICES = {service.name: service for service in installed_services()}
ASKED = re.compile(r'"\$([A-Z]+)(/[^"?]*)')
WRITTEN = re.compile(r"^```\w+ title=.*?^```$", re.DOTALL | re.MULTILINE)
"""What a guide has its readers write, which is not there before."""
CODE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def asked(guide: Path) -> set[tuple[str, str]]:
    """The services and paths that the lines for a shell ask for, with `x` where a variable is."""
    lines = "\n".join(code for language, code in CODE.findall(guide.read_text()) if language == "sh")
    return {(service.lower(), re.sub(r"\$\w+", "x", path)) for service, path in ASKED.findall(lines)}


@cache
def paths(service: str) -> list[str]:
    """Regular expressions for the paths of a service's operations."""
    document = json.loads(openapi_path(SERVICES[service]).read_text())
    return [re.sub(r"{\w+}", "[^/]+", one.path) for one in operations(document)]


def is_known(service: str, path: str) -> bool:
    """Whether the service has an operation at that path."""
    return any(re.fullmatch(one, path) for one in paths(service))


def test_every_request_in_the_guides_is_one_that_a_service_knows() -> None:
    found = asked(GUIDES / "organizations.md")
    assert len(found) > 8
    assert [one for one in sorted(found) if not is_known(*one)] == []
    assert not is_known("intake", "/v1/nothing")


def test_every_event_that_a_guide_names_is_there() -> None:
    types = {contract.type_name for contract in every_contract()}
    texts = [WRITTEN.sub("", guide.read_text()) for guide in GUIDES.glob("*.md")]
    named = {one for text in texts for one in re.findall(r"ithaca\.\w+\.\w+\.v\d+", text)}
    assert named
    assert named <= types


def test_each_program_of_a_guide_has_a_group_of_its_own() -> None:
    text = (GUIDES / "integrate.md").read_text()
    groups = re.findall(r'^ +group_id="([^"]+)"|^kcat .*-G (\S+)', text, re.MULTILINE)
    named = [one or other for one, other in groups]
    assert len(named) == 2
    assert len(set(named)) == len(named), "members of one group share its records: each would see a part of them"


@pytest.mark.parametrize("guide", sorted(path.name for path in GUIDES.glob("*.md")))
def test_programs_in_python_are_whole(guide: str) -> None:
    for language, code in CODE.findall((GUIDES / guide).read_text()):
        if language == "python":
            compile(code, guide, "exec")
