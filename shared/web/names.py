"""Names beside ids: what is shown with people in it says what they are called, to people who may see it.

    class MatchView(Named):
        def people(self) -> Iterable[str]:
            return self.mentor_id, self.mentee_id

    return await names.on_page(listing(page, MatchView.of))

Systems and operators get ids: they ask intake for names, with its scope.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends
from pydantic import BaseModel, Field

from shared.engine.authoring.called import Called
from shared.engine.authoring.links import LINK
from shared.engine.authoring.person_names import PersonName
from shared.engine.authoring.reader import Reader
from shared.web.auth import CurrentCaller
from shared.web.pages import Listing
from shared.web.tenant_reader import TenantReader


class Named(BaseModel, ABC):
    """What is shown with people in it."""

    names: Mapping[str, str] = Field(
        default_factory=dict,
        description="What these people are called, by id, for people who look; systems ask intake",
    )

    @abstractmethod
    def people(self) -> Iterable[str]:
        """Return the ids of those who are in it."""


N = TypeVar("N", bound=Named)


@dataclass(slots=True, frozen=True)
class Naming:
    """Puts names beside the ids of people, for who asks."""

    reader: Reader
    is_for_people: bool
    known_by: type[Called]

    async def on(self, view: N) -> N:
        """Return what is shown, with names."""
        await self.on_all([view])
        return view

    async def on_page(self, page: Listing[N]) -> Listing[N]:
        """Return a page, with names."""
        await self.on_all(page.items)
        return page

    async def on_all(self, views: Sequence[Named]) -> None:
        """Put names on all of these, by one read."""
        ids = {id for view in views for id in view.people()} if self.is_for_people else set()
        called = {one.id: one.name for one in await self.called(sorted(ids))} if ids else {}
        for view in views:
            view.names = {id: called[id] for id in view.people() if id in called}

    async def called(self, ids: Sequence[str]) -> Sequence[Called]:
        """Return what those of these people are called whom the service knows."""
        return [one for one in await self.reader.many(self.known_by, ids) if one.name]


def named_by(kind: type[Called]) -> Any:  # as FastAPI types it
    """Return the dependency of a query on what puts names beside ids, from what a service knows people by."""

    async def naming(reader: TenantReader, caller: CurrentCaller) -> Naming:
        return Naming(reader, caller.kind in ("person", LINK), kind)

    return Depends(naming)


Names = Annotated[Naming, named_by(PersonName)]
"""What puts names beside ids in a service that has the `person_names`."""
