"""Collections and indexes: made before any process starts, since a transaction that makes one upsets all others."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import IndexModel
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure

from shared.engine.ports.store import Document, Index, StoreError

NAMESPACE_EXISTS = 48
OTHER_OPTIONS = (85, 86)
"""There is an index on the same fields, or of the same name, that is not the same."""


async def prepare(database: AsyncDatabase[Document], collections: Mapping[str, Sequence[Index]]) -> None:
    """Create what is missing; raises `StoreError` for an index that stands in the way."""
    existing = await database.list_collection_names()
    for name, indexes in collections.items():
        if name not in existing:
            await _create(database, name)
        for index in indexes:
            await _create_index(database, name, index)


async def missing(database: AsyncDatabase[Document], collections: Mapping[str, Sequence[Index]]) -> list[str]:
    """Return what is not there, a sentence each."""
    sentences = []
    existing = await database.list_collection_names()
    for name, indexes in collections.items():
        if name not in existing:
            sentences.append(f"collection {name} is missing")
            continue
        there = [_read(options) async for options in await database[name].list_indexes()]
        sentences += [f"collection {name} has no {_words(index)}" for index in indexes if index not in there]
    return sentences


async def _create(database: AsyncDatabase[Document], name: str) -> None:
    try:
        await database.create_collection(name, check_exists=False)
    except OperationFailure as error:
        if error.code != NAMESPACE_EXISTS:  # another process may have been faster
            raise


async def _create_index(database: AsyncDatabase[Document], name: str, index: Index) -> None:
    options: dict[str, Any] = {}  # of several types, as the driver has them
    if index.only:
        options["partialFilterExpression"] = {index.only: True}
    if index.expires:
        options["expireAfterSeconds"] = 0
    try:
        await database[name].create_indexes([IndexModel(list(index.fields), **options)])
    except OperationFailure as error:
        if error.code not in OTHER_OPTIONS:
            raise
        raise StoreError(f"collection {name} has another {_words(index)}: drop it, then create it anew") from error


def _read(options: Mapping[str, Any]) -> Index:
    """An index as the database describes it."""
    only = next(iter(options.get("partialFilterExpression", {})), "")
    return Index(tuple(options["key"]), only, options.get("expireAfterSeconds") == 0)


def _words(index: Index) -> str:
    only = f" where {index.only}" if index.only else ""
    expires = " that expires" if index.expires else ""
    return f"index on {', '.join(index.fields)}{only}{expires}"
