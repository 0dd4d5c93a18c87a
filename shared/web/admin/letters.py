"""Dead letters as operators see them: which there are, and how one is named."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

from shared.engine.failures.causes import Cause
from shared.engine.ports.store import Document, Insert
from shared.web.admin.access import Operator
from shared.web.admin.lists import Moment

Handler = Annotated[str | None, Query(max_length=200, description="Only of this handler")]
Type = Annotated[str | None, Query(max_length=200, description="Only messages of this type, in full")]


class LetterName(BaseModel, extra="forbid"):
    """Which dead letter; the tenant is `-` for a record that named none."""

    tenant: str = Field(max_length=40)
    id: str = Field(max_length=200)


class DeadLetterView(LetterName, extra="ignore"):
    """A message that was given up. `reason` is why, `error` where it failed, without values.

    `topic`, `partition` and `offset` are those of a record that could not be read. `bytes` is the size of its data.
    """

    handler: str
    message_type: str
    message_id: str
    reason: str
    error: str
    cause: str = Field(description="Which cause it is of: see /v1/admin/dead-letter-causes")
    correlation: str = Field(description="The `correlationid` of the message")
    at: Moment
    expires: Moment
    topic: str
    partition: int
    offset: int
    bytes: int


def where(tenant: str | None, handler: str | None, type: str | None) -> dict[str, Any]:
    """Return the filter for the letters of a tenant, a handler, a type of message."""
    wanted = {"tenant": tenant, "state.handler": handler, "state.message_type": type}
    return {"version": {"$gt": 0}} | {path: value for path, value in wanted.items() if value is not None}


def name_of(row: Document) -> dict[str, str]:
    """Return by what a letter is named."""
    return {"tenant": row["tenant"], "id": row["_id"].partition("/")[2]}


def cause_of(row: Document) -> Cause:
    """Return why its message was given up."""
    return Cause.of(row["state"]["reason"], row["state"]["error"])


def shown(row: Document) -> dict[str, Any]:
    """Return what a letter shows without its contents."""
    state: dict[str, Any] = row["state"]
    named = name_of(row) | {
        "bytes": state["size"],
        "cause": cause_of(row).id,
        "correlation": state["delivery"]["correlation"],
    }
    return state | named


def letter_line(operator: Operator, action: str, row: Document, why: str = "") -> Insert:
    """Return the audit's line of what is done to a letter, and why."""
    state = row["state"]
    details = {name: state[name] for name in ("handler", "message_type", "message_id")} | ({"why": why} if why else {})
    return operator.line(action, name_of(row)["id"], row["tenant"], details)
