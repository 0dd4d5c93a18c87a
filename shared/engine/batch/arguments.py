"""The arguments of handlers: which documents a message's loads name, and what the handler gets for each."""

from collections.abc import Mapping, Sequence

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.context import NotYet
from shared.engine.authoring.loads import Load, Mode
from shared.engine.batch.message import Message
from shared.engine.batch.savepoint import Savepoint
from shared.engine.batch.tracked import DocumentKey, TrackedAggregate
from shared.errors import NotFound

Tracked = Mapping[DocumentKey, TrackedAggregate]
Keys = DocumentKey | list[DocumentKey] | None
"""What a load names: one document, several, or none."""


def missing(tracked: Tracked, message: Message, depth: int) -> dict[DocumentKey, type[Aggregate]]:
    """Return what the message needs and is not tracked yet, by its first `depth` rounds of loads."""
    needed: dict[DocumentKey, type[Aggregate]] = {}
    known: dict[str, object] = {}
    for names in message.handler.rounds[:depth]:
        for name in names:
            load = message.handler.loads[name]
            named = keys_of(message, load, known)
            keys = named if isinstance(named, list) else [named] if named else []
            needed.update({key: load.aggregate for key in keys if key not in tracked})
            if needed:
                continue
            known[name] = _peek(tracked, load, named)
            if named and known[name] is None and load.mode in (Mode.REQUIRE, Mode.AWAIT):
                return {}  # it will be refused, or wait: nothing further is needed
        if needed or is_refused(message, known):
            break
    return needed


def is_refused(message: Message, known: Mapping[str, object]) -> bool:
    """Return whether who asks may not do so, as far as it is known: nothing further is loaded, as for what is not."""
    awaited = message.awaited
    return awaited is not None and known.get(awaited.need) is not None and not awaited.granted(message.read(), known)


def admit(tracked: Tracked, message: Message, savepoint: Savepoint) -> None:
    """Raise `NotFound` if there is no such thing, or not for who asks, before anything else is looked at."""
    awaited = message.awaited
    if awaited is None:
        return
    load = message.handler.loads[awaited.need]
    key = keys_of(message, load, {})
    assert isinstance(key, tuple)  # it is one that is required
    found = _peek(tracked, load, key)
    granted = awaited.granted(message.read(), {awaited.need: found}) if found is not None else None
    if message.draft is not None:
        message.draft.granted = granted
    if granted is None:
        savepoint.loaded[key] = tracked[key]
        raise NotFound.of(load.aggregate.collection, tracked[key].id)


def keys_of(message: Message, load: Load, known: Mapping[str, object]) -> Keys:
    """Return the keys of the documents that a load names, by the message and by what is `known` of earlier loads."""
    if not load.needs and (cached := message.wanted.get(id(load))) is not None:
        return cached
    if load.key is None:
        ids: str | Sequence[str] | None = message.id
    else:
        ids = load.key(message.read(), *(known.get(name) for name in load.needs))
    collection = load.aggregate.collection_of(message.generation)
    if ids is None:
        return None
    keys: DocumentKey | list[DocumentKey] = (
        (collection, f"{message.tenant}/{ids}")
        if isinstance(ids, str)
        else [(collection, f"{message.tenant}/{each}") for each in ids]
    )
    message.wanted[id(load)] = keys
    return keys


def give(tracked: Tracked, load: Load, keys: Keys, savepoint: Savepoint) -> object:
    """Return what the handler gets for a load, according to its mode; raises `NotFound` or `NotYet`."""
    if isinstance(keys, list):
        every = (_give_one(tracked, load, key, savepoint) for key in keys)
        return [aggregate for aggregate in every if aggregate is not None]
    return None if keys is None else _give_one(tracked, load, keys, savepoint)


def _give_one(tracked: Tracked, load: Load, key: DocumentKey, savepoint: Savepoint) -> Aggregate | None:
    if not load.stale:
        savepoint.loaded[key] = tracked[key]
    found = _at(tracked, load, key)
    if found is None and load.mode is not Mode.OPTIONAL:
        what = load.aggregate.collection
        if savepoint.message.is_command:
            raise NotFound.of(what, tracked[key].id)
        raise NotYet(f"{what}/{key[1]}")
    return found


def _peek(tracked: Tracked, load: Load, keys: Keys) -> object:
    """Return what is there, for the keys of later loads; the handler has not asked for it yet."""
    if isinstance(keys, list):
        return [found for key in keys if (found := _at(tracked, load, key))]
    return _at(tracked, load, keys) if keys else None


def _at(tracked: Tracked, load: Load, key: DocumentKey) -> Aggregate | None:
    one = tracked[key]
    return one.blank() if load.mode is Mode.CREATE else one.present()
