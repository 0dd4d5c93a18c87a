"""Lists in pages: `after` is the id behind which to go on, `next` in the answer is the value for it."""

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.reader import Page

A = TypeVar("A", bound=Aggregate)
V = TypeVar("V", bound=BaseModel)

After = Annotated[str | None, Query(max_length=200, description="The `next` of the page before; nothing for the first")]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most")]


class Listing(BaseModel, Generic[V]):
    """A page of a list. `next` is None at the end."""

    items: list[V]
    next: str | None = Field(description="What to send as `after` for the next page; null at the end")


def listing(page: Page[A], view: Callable[[A], V]) -> Listing[V]:
    """Return a page as it is shown, each item through `view`."""
    return Listing(items=[view(item) for item in page.items], next=page.next)
