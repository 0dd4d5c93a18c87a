"""The end of a trail is sealed: what was removed there with the head, or put in its place, is found."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from shared.engine.deferred.chain_watch import ChainWatch, sealed_head, unsealed, verify
from shared.engine.deferred.chaining import HEADS, LINES, row_id
from shared.engine.ports.store import Change, Delete, Document, Put, Write
from shared.trail.chain import Head
from shared.trail.line import Line
from shared.trail.seal import NOT_OURS, STALE, UNSEALED, Seals, SealState
from tests.shared.engine.deferred.test_chaining import SEALS, Trails, chained
from tests.shared.engine.shop import virtual

HOUR = timedelta(hours=1)
Tamper = Callable[[Trails], Coroutine[Any, Any, list[Write]]]


async def head(trails: Trails) -> Document:
    """The row of the head."""
    return (await trails.store.get(HEADS, ["acme"]))["acme"]


async def line(trails: Trails, number: int) -> Document:
    """The row of a line."""
    id = row_id("acme", number)
    return (await trails.store.get(LINES, [id]))[id]


async def found(trails: Trails) -> list[str]:
    """What a look at the trail and its end finds."""
    chain = await verify(trails.store, "acme")
    return chain + await unsealed(trails.store, "acme", SEALS, trails.now)


async def without_the_last_two(trails: Trails) -> list[Write]:
    fourth = await line(trails, 4)
    cut: list[Write] = [Delete(LINES, row_id("acme", number)) for number in (5, 6)]
    return [*cut, Change(HEADS, "acme", {}, {"number": 4, "hash": fourth["hash"]})]


async def another_trail(trails: Trails) -> list[Write]:
    """Six lines of somebody's making, of which each is chained as it should be."""
    before, writes, made = "", list[Write](), dict[str, Any]()
    for number in range(1, 7):
        said = {name: value for name, value in (await line(trails, number)).items() if name not in ("_id", "hash")}
        forged = Line(**{**said, "actor": "person/innocent"}, hash="")
        before = forged.hash_behind(before)
        made = {"_id": row_id("acme", number), **forged.model_copy(update={"hash": before}).model_dump()}
        writes.append(Put(LINES, made))
    return [*writes, Change(HEADS, "acme", {}, {"hash": before})]


async def a_trail_that_begins_later(trails: Trails) -> list[Write]:
    third = await line(trails, 3)
    gone: list[Write] = [Delete(LINES, row_id("acme", number)) for number in (1, 2, 3)]
    return [*gone, Change(HEADS, "acme", {}, {"first": 4, "before": third["hash"]})]


TAMPERINGS: dict[str, Tamper] = {
    "the last lines removed with the head": without_the_last_two,
    "the whole trail replaced": another_trail,
    "the first lines removed as if they were too old": a_trail_that_begins_later,
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_the_chain_alone_does_not_find_is_found_by_the_seal(tampering: str) -> None:
    _tampered(TAMPERINGS[tampering])


@virtual
async def _tampered(tamper: Tamper) -> None:
    trails = await chained()
    assert await found(trails) == []
    await trails.store.transact(await tamper(trails))
    assert await verify(trails.store, "acme") == [], "the chain is whole"
    assert await found(trails) == [NOT_OURS]
    watch = ChainWatch(trails.store, (await trails.process()).leases, SEALS, lambda: trails.now)
    await watch.round()
    assert watch.broken == {"acme"}


@virtual
async def test_a_trail_that_was_tampered_with_goes_on_and_never_gets_a_seal_again() -> None:
    trails = await chained()
    await trails.store.transact(await without_the_last_two(trails))
    process = await trails.process("after a restart")
    for _ in range(2):
        await trails.ask("acme", 2)
        await process.round()
        await process._hourly()
        trails.now += HOUR
    assert (await head(trails))["number"] == 8
    assert await found(trails) == [NOT_OURS]


@virtual
async def test_a_head_that_is_put_back_with_the_seal_of_then_is_known_by_its_age() -> None:
    trails = await chained(count=4)
    then = await head(trails)
    trails.now += STALE
    await trails.ask("acme", 2)
    await (await trails.process()).round()
    gone: list[Write] = [Delete(LINES, row_id("acme", number)) for number in (5, 6)]
    await trails.store.transact([*gone, Put(HEADS, then)])
    trails.now += timedelta(seconds=1)
    (sentence,) = await found(trails)
    assert "it was set back to what it was then" in sentence


@virtual
async def test_a_process_that_has_seen_more_lines_seals_no_head_that_was_put_back() -> None:
    trails = await chained(count=4)
    then = await head(trails)
    process = await trails.process()
    trails.now += HOUR
    await trails.ask("acme", 2)
    await process.round()
    await trails.store.transact([Delete(LINES, row_id("acme", number)) for number in (5, 6)] + [Put(HEADS, then)])
    for _ in range(4):
        await process._seal_anew(await head(trails))
        trails.now += HOUR
    assert "it was set back" in (await found(trails))[0]


@virtual
async def test_a_trail_on_which_nothing_happens_is_sealed_anew_each_hour() -> None:
    trails = await chained()
    process = await trails.process()
    for _ in range(30):
        trails.now += HOUR
        await process._seal_anew(await head(trails))
    assert await found(trails) == []
    trails.now += STALE + timedelta(seconds=1)
    assert "no worker has been at work since" in (await found(trails))[0]


@virtual
async def test_a_trail_from_before_there_were_seals_is_sealed_from_there_on_and_says_so() -> None:
    trails = await chained()
    row = await head(trails)
    await trails.store.transact([Put(HEADS, {name: value for name, value in row.items() if name != "seal"})])
    assert await found(trails) == [UNSEALED]
    await (await trails.process())._hourly()
    assert await found(trails) == []
    assert (await sealed_head(trails.store, "acme", SEALS))[1].since == 7


@virtual
async def test_what_goes_for_its_age_leaves_a_trail_that_is_sealed() -> None:
    trails = await chained(count=4)
    process = await trails.process()
    trails.now += timedelta(days=20)
    await trails.ask("acme", 3)
    await process.round()
    trails.now += timedelta(days=11)
    await process._hourly()
    assert ((await head(trails))["first"], await found(trails)) == (5, [])


def test_a_seal_is_of_one_service_one_organization_and_one_end() -> None:
    end, now = Head(number=6, hash="a" * 64), Trails().now
    seal = SEALS.set("acme", end, now, since=1)
    assert seal is not None
    others = [
        Seals([b"k" * 32], "intake").look("acme", end, seal),
        Seals([b"o" * 32], "matching").look("acme", end, seal),
        SEALS.look("beta", end, seal),
        SEALS.look("acme", end.model_copy(update={"number": 5}), seal),
        SEALS.look("acme", end, seal.model_copy(update={"at": now + HOUR})),
        SEALS.look("acme", end, seal.model_copy(update={"since": 5})),
        SEALS.look("acme", end, seal.model_copy(update={"code": ""})),
    ]
    assert {one.state for one in others} == {SealState.WRONG}
    assert SEALS.look("acme", end, seal).state is SealState.GOOD
    assert Seals([b"n" * 32, b"k" * 32], "matching").look("acme", end, seal).state is SealState.GOOD, "an older key"


def test_a_service_without_a_key_seals_nothing_and_finds_nothing_missing() -> None:
    off, end = Seals(), Head(number=6)
    assert off.set("acme", end, Trails().now, 1) is None
    assert off.look("acme", end, None).breaks(end, Trails().now) == []
