"""Whose data a query shows: said where it is declared, and noted from what it returns.

    @queries.get("/programs/{program_id}/pool", allow=STAFF, shows=of_people("items.person_id"))

The paths lead through the model that the query returns, and through lists, to the ids of people. One that shows
`NOBODY` says so; where nothing is said, the trail has what was asked for, and not whose data that was. A query whose
model names people that it does not say is refused at import.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar, get_args, get_type_hints

from pydantic import BaseModel

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.batch.trail import OF_PEOPLE
from shared.ids import PersonId
from shared.web.trail import drafts

P = ParamSpec("P")
R = TypeVar("R")
Path = tuple[str, ...]

DEEPEST = 8
"""Levels of a model that are looked through."""


@dataclass(frozen=True)
class Shown:
    """Whose data it is: the ids at the end of the paths, or who has the `applications` that these name.

    What shows people to others than those who look after them is on the trail `whoever` asks.
    """

    paths: tuple[Path, ...] = ()
    applications: type[Aggregate] | None = None
    whoever: bool = False
    selected: bool = False

    @property
    def is_anybody(self) -> bool:
        """Whether it shows data of people at all."""
        return bool(self.paths) or self.selected

    async def note(self, found: object) -> None:
        """Note whose data is shown."""
        draft = drafts.draft()
        if draft is None:
            return
        ids = list(dict.fromkeys(id for path in self.paths for id in _at(found, path)))
        reader = drafts.reader()
        if self.applications is not None and reader is not None and draft.is_due:
            ids = [vars(one)["person_id"] for one in await reader.many(self.applications, ids)]
        draft.show(ids)


NOBODY = Shown()
"""Whoever asks learns nothing of anybody."""
SELECTED = Shown(selected=True)
"""Whose data it shows does not stand in a model: the trail says what was asked for."""


def of_people(*paths: str) -> Shown:
    """Return that a query shows the people whom these paths name."""
    return Shown(tuple(tuple(path.split(".")) for path in paths))


def applicants(kind: type[Aggregate], *paths: str) -> Shown:
    """Return that a query shows whose applications these paths name, of which the service has this kind."""
    return replace(of_people(*paths), applications=kind)


def to_whoever(shown: Shown) -> Shown:
    """Return that it is on the trail whoever asks: also people who ask for themselves see others there."""
    return replace(shown, whoever=True)


def check(endpoint: Callable[..., Any], shown: Shown) -> None:
    """Raise `TypeError` unless a query shows those whom it says that it shows, and nobody else."""
    if shown.selected:
        return
    name = endpoint.__name__
    fields = dict(_fields(get_type_hints(endpoint).get("return"), ()))
    for path in shown.paths:
        if path not in fields:
            raise TypeError(f"{name}: shows, {'.'.join(path)}: there is no such field in what it returns")
    for path, is_person in fields.items():
        is_application = path[-1].endswith("application_id") and not shown.is_anybody
        if (is_person or is_application) and path not in shown.paths:
            raise TypeError(
                f"{name}: it shows {'.'.join(path)}, which names somebody: say so with shows=of_people(...)"
            )


def noting(endpoint: Callable[P, Awaitable[R]], shown: Shown) -> Callable[P, Awaitable[R]]:
    """Return the query, which notes whose data it shows."""

    @wraps(endpoint)
    async def noted(*args: P.args, **kwargs: P.kwargs) -> R:
        found = await endpoint(*args, **kwargs)
        await shown.note(found)
        return found

    return noted


def _fields(hint: Any, path: Path) -> Iterator[tuple[Path, bool]]:  # whatever stands in an annotation
    """Every field in a type, with whether it names a person."""
    if len(path) > DEEPEST:
        return
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        for name, field in hint.model_fields.items():
            yield (*path, name), name in OF_PEOPLE or _is_person(field.annotation)
            yield from _fields(field.annotation, (*path, name))
        return
    for part in get_args(hint):
        yield from _fields(part, path)


def _is_person(hint: Any) -> bool:  # as above
    return hint is PersonId or any(map(_is_person, get_args(hint)))


def _at(found: object, path: Path) -> Iterator[str]:
    """The texts at the end of a path, through all lists on the way."""
    if isinstance(found, list | tuple):
        for one in found:
            yield from _at(one, path)
    elif path and found is not None:
        yield from _at(getattr(found, path[0]), path[1:])
    elif isinstance(found, str):
        yield found
