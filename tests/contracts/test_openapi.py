"""What all OpenAPI documents have in common, whichever service they are of."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.documents.openapi import openapi
from shared.installed import installed_services

Json = dict[str, Any]  # a part of an OpenAPI document

DOCUMENTS = {service.name: openapi(service) for service in installed_services()}


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """The method, the path and the description of each operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


@pytest.mark.parametrize("service", DOCUMENTS)
def test_whatever_is_made_says_where_it_can_be_read(service: str) -> None:
    made = [
        (path, operation["responses"]["201"])
        for _, path, operation in operations(DOCUMENTS[service])
        if "201" in operation["responses"]
    ]
    assert [path for path, answer in made if "Location" not in answer["headers"]] == []
    assert made or service in ("evaluation", "notify")
