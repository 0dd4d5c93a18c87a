"""A cell, as its folder describes it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import yaml  # type: ignore[import-untyped]  # it comes without types
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from shared.ids import TENANT

RESERVED = {"cell": "stands for a cell's name in the manifests", "ext": "begins the topics that belong to tenants"}
LONGEST = 40
"""Of a name: it is a part of the names of topics, databases and a namespace, the shortest of which allows 63."""


class Tier(StrEnum):
    """How much a cell may use: components/quota-<tier> says it in numbers."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Wrong(Exception):
    """Something cannot be; the message says what, and what to do."""


def _name(text: str) -> str:
    if text in RESERVED:
        raise ValueError(f"{text!r} {RESERVED[text]}: take another")
    if not TENANT.fullmatch(text) or text[0] == "-" or text[-1] == "-":
        found = f"{text[:LONGEST]!r}, {len(text)} characters"
        raise ValueError(f"{found}: use 3 to {LONGEST} of a-z, 0-9 and, inside, hyphens, such as acme-labs")
    return text


def _tenant(text: str) -> str:
    if not TENANT.fullmatch(text):
        raise ValueError(f"{text[:LONGEST]!r} is no organization's id: use the one that it was registered with")
    return text


class Cell(BaseModel):
    """Without a `tenant`, it is the home of all who have none of their own. Releases come in the order of `wave`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, AfterValidator(_name)] = Field(alias="cell")
    tenant: Annotated[str, AfterValidator(_tenant)] | None = None
    tier: Tier
    release: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    wave: str = Field(pattern="^[123]$")

    @property
    def namespace(self) -> str:
        """Where its pods run."""
        return f"cell-{self.name}"

    @classmethod
    def of(cls, **values: str | None) -> Self:
        """The cell with these values; raises `Wrong`, a line for each that cannot be."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            lines = [
                f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors()
            ]
            raise Wrong("\n".join(lines)) from None

    @classmethod
    def read(cls, file: Path) -> Self:
        """The cell that the file describes; raises `Wrong`."""
        try:
            return cls.of(**yaml.safe_load(file.read_text()))
        except (yaml.YAMLError, TypeError) as error:
            raise Wrong(f"{file}: not the description of a cell: {error}") from None
        except Wrong as error:
            raise Wrong(f"{file}: {error}") from None
