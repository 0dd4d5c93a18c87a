"""What the lists of the operators' interface have in common: times, tenants and places to go on from."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import PlainSerializer, WithJsonSchema

from shared.clock import rfc3339
from shared.web.problems import ShapeWrong

Moment = Annotated[
    datetime,
    PlainSerializer(rfc3339, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2027-03-02T17:00:00.000Z"]}),
]
"""A time in an answer."""

Tenant = Annotated[str | None, Query(max_length=40, description="Only of this organization")]
After = Annotated[
    str | None, Query(max_length=8000, description="The `next` of the page before; nothing for the first")
]


class CursorUnknown(ShapeWrong):
    """`after` is nothing that a page gave as its `next`."""

    def __init__(self) -> None:
        detail = "This is no `next` of this list: send one as you got it, or none for the first page."
        super().__init__([{"type": "cursor", "loc": ("query", "after"), "msg": detail}])
