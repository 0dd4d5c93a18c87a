"""What can be asked for, as OpenAPI documents describe it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.web.document import IDEMPOTENCY_KEY, IF_MATCH

Json = dict[str, Any]  # a part of an OpenAPI document

HEADERS = {"Idempotency-Key": IDEMPOTENCY_KEY, "If-Match": IF_MATCH}


class Operation:
    """One thing that can be asked for, as a document describes it."""

    def __init__(self, method: str, path: str, described: Json) -> None:
        self.method, self.path, self.described = method.upper(), path, described
        self.id = str(described["operationId"])
        self.tag = str(described["tags"][0])
        self.summary = str(described["summary"])

    @property
    def title(self) -> str:
        """The first sentence about it."""
        return self.summary.removesuffix(".").partition(". ")[0]

    def is_same(self, other: "Operation") -> bool:
        """Return whether it is the same one, of another service."""
        return (self.method, self.path, self.described) == (other.method, other.path, other.described)

    @property
    def is_command(self) -> bool:
        """Whether it takes the headers that all commands take."""
        return {one["name"] for one in self.parameters} >= HEADERS.keys()

    @property
    def is_open(self) -> bool:
        """Whether it needs no token."""
        return self.described.get("security") == []

    @property
    def audited(self) -> str:
        """Who leaves a line on the audit trail by asking; empty for nobody."""
        return str(self.described["x-audit"]).replace("nobody", "")

    @property
    def takes_fresh(self) -> bool:
        """Whether it takes a sign-in of the last minutes."""
        return "x-sign-in-max-age" in self.described

    @property
    def roles(self) -> Mapping[str, str]:
        """Who may ask for it, and of what."""
        found: Mapping[str, str] = self.described["x-roles"]
        return found

    @property
    def parameters(self) -> Sequence[Json]:
        """Those of the path, the query and the headers."""
        found: Sequence[Json] = self.described.get("parameters", ())
        return found

    @property
    def content(self) -> Mapping[str, Json]:
        """What its body may be, by media type."""
        found: Mapping[str, Json] = self.described.get("requestBody", {}).get("content", {})
        return found


def operations(document: Json) -> list[Operation]:
    """Return all of a document, those about one kind of thing together."""
    found = [Operation(method, path, one) for path, ones in document["paths"].items() for method, one in ones.items()]
    tags = list(dict.fromkeys(one.tag for one in found))
    return sorted(found, key=lambda one: tags.index(one.tag))


def common(documents: Iterable[Json]) -> list[Operation]:
    """Return the operations that all documents have."""
    first, *others = (operations(document) for document in documents)
    return [one for one in first if all(any(one.is_same(other) for other in found) for found in others)]


def without(some: Sequence[Operation], document: Json) -> list[Operation]:
    """Return the operations of a document apart from some."""
    return [one for one in operations(document) if not any(one.is_same(other) for other in some)]
