"""All writes or none, and what happens between transactions, in memory and in MongoDB."""

import asyncio
from datetime import UTC, datetime

import pytest

from shared.engine.ports.store import Change, Check, Conflict, Delete, Insert, Keep, Put, Replace, Reserve, Store, Write
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.conftest import Rows
from tests.waiting import until

NOON = datetime(2027, 1, 4, 12, 0, 0, 123_000, tzinfo=UTC)


ROW = {"_id": "a", "n": 1}
NEVER = {
    "insert": Insert("rows", ROW),
    "replace": Replace("rows", "a", {"n": 9}, ROW),
    "change": Change("rows", "a", {"n": 9}, {"n": 2}),
    "delete": Delete("rows", "a", {"n": 9}),
    "check": Check("rows", "a", {"n": 9}),
    "check of what is absent": Check("rows", "z", {"n": 1}),
    "check that it is absent": Check("rows", "a", None),
    "reserve": Reserve("rows", "a"),
}


@pytest.mark.parametrize("never", NEVER.values(), ids=NEVER)
def test_all_writes_of_a_transaction_take_place_or_none(store: Store, rows: Rows, run: Run, never: Write) -> None:
    rows.given(ROW, {"_id": "d"})
    before: list[Write] = [Insert("others", {"_id": 1}), Put("rows", {"_id": "b"}), Delete("rows", "d")]
    after: list[Write] = [Insert("rows", {"_id": "c"}), Keep("zebras", {"_id": 1}), Change("rows", "b", {}, {"n": 1})]
    assert rows.refuses(*before, never, *after)
    assert rows.all() == [ROW, {"_id": "d"}]
    assert run(store.count("others", {})) == run(store.count("zebras", {})) == 0


def test_no_writes_are_no_transaction(rows: Rows) -> None:
    rows.write()
    assert rows.all() == []


def test_checks_write_nothing_and_may_be_all_that_there_is(rows: Rows) -> None:
    rows.given({"_id": "a", "n": 1, "of": {"x": 2}}, {"_id": "b"})
    rows.write(Check("rows", "a", {"n": 1, "of.x": 2}), Check("rows", "b", {}), Check("rows", "z", None))
    rows.write(*(Check("rows", n, None) for n in range(300)), Check("others", "a", None), Put("rows", {"_id": "c"}))
    assert rows.all() == [{"_id": "a", "n": 1, "of": {"x": 2}}, {"_id": "b"}, {"_id": "c"}]


def test_what_a_transaction_checks_others_may_write(store: Store, rows: Rows, run: Run) -> None:
    rows.given({"_id": "a", "n": 0})

    async def checked(number: int) -> None:
        while True:
            try:
                return await store.transact([Put("others", {"_id": number}), Check("rows", "a", {"kept": None})])
            except Conflict:
                await asyncio.sleep(0.001)

    async def race() -> None:
        changes = [store.transact([Change("rows", "a", {"n": n}, {"n": n + 1})]) for n in range(1)]
        await asyncio.gather(*map(checked, range(10)), *changes)

    run(race())
    assert rows.all() == [{"_id": "a", "n": 1}]
    assert run(store.count("others", {})) == 10


def test_all_checks_of_a_transaction_are_of_one_moment(store: Store, rows: Rows, run: Run) -> None:
    """One of the two documents has the key at all times: no transaction finds both without it."""
    rows.given({"_id": "a", "key": 0, "n": 0})
    run(store.transact([Insert("others", {"_id": "a", "key": 1, "n": 0})]))

    async def move() -> None:
        for n in range(40):
            one, other = ("rows", "others") if n % 2 else ("others", "rows")
            await store.transact([Change(one, "a", {"key": 1}, {"key": 0}), Change(other, "a", {"key": 0}, {"key": 1})])

    async def found_missing() -> bool:
        try:
            await store.transact([Check("rows", "a", {"key": 0}), Check("others", "a", {"key": 0})])
        except Conflict:
            return False
        return True

    async def race() -> list[bool]:
        moving, found = asyncio.ensure_future(move()), []
        while not moving.done():
            found.append(await found_missing())
        await moving
        return found

    assert not any(run(race()))


def test_of_two_that_each_rest_on_the_other_s_absence_one_takes_place(store: Store, rows: Rows, run: Run) -> None:
    async def appear(number: int, one: str, other: str) -> bool:
        try:
            await store.transact([Insert("rows", {"_id": f"{one}{number}"}), Reserve("rows", f"{other}{number}")])
        except Conflict:
            return False
        return True

    async def race(number: int) -> tuple[bool, bool]:
        return await asyncio.gather(appear(number, "a", "b"), appear(number, "b", "a"))

    for number in range(20):
        won = run(race(number))
        assert won.count(True) <= 1
        assert len(rows.find({"_id": {"$in": [f"a{number}", f"b{number}"]}})) == won.count(True)


def test_writes_to_one_document_take_place_in_their_order(rows: Rows) -> None:
    rows.write(
        Insert("rows", {"_id": "a", "n": 1}),
        Insert("rows", {"_id": "b"}),
        Change("rows", "a", {"n": 1}, {"n": 2}),
        Delete("rows", "a", {"n": 2}),
        Keep("rows", {"_id": "a", "n": 3}),
        Put("rows", {"_id": "c"}),
        Keep("rows", {"_id": "a", "n": 4}),
        Change("rows", "a", {"n": 3}, add={"n": 2}),
        Delete("rows", "c"),
        Replace("rows", "a", {"n": 5}, {"_id": "a", "n": 6}),
    )
    assert rows.all() == [{"_id": "a", "n": 6}, {"_id": "b"}]


def test_documents_of_equal_ids_in_two_collections_have_nothing_to_do_with_each_other(
    store: Store, rows: Rows, run: Run
) -> None:
    rows.write(Insert("rows", {"_id": 1}), Insert("others", {"_id": 1}), Delete("rows", 1))
    assert rows.all() == []
    assert run(store.get("others", [1])) == {1: {"_id": 1}}


def test_of_transactions_that_expect_the_same_version_one_takes_place(store: Store, rows: Rows, run: Run) -> None:
    rows.given({"_id": "a", "version": 1})

    async def attempt(number: int) -> bool:
        writes: list[Write] = [
            Insert("others", {"_id": number}),
            Replace("rows", "a", {"version": 1}, {"_id": "a", "version": 2, "by": number}),
        ]
        try:
            await store.transact(writes)
        except Conflict:
            return False
        return True

    async def race() -> list[bool]:
        return await asyncio.gather(*map(attempt, range(8)))

    won = run(race())
    assert won.count(True) == 1
    (found,) = rows.all()
    assert found == {"_id": "a", "version": 2, "by": won.index(True)}
    assert run(store.get("others", range(8))).keys() == {won.index(True)}


def test_no_increment_is_lost_among_transactions_that_are_repeated_after_a_conflict(
    store: Store, rows: Rows, run: Run
) -> None:
    rows.given({"_id": "a", "n": 0})

    async def add() -> None:
        while True:
            try:
                return await store.transact([Change("rows", "a", {}, add={"n": 1})])
            except Conflict:
                await asyncio.sleep(0.001)

    async def race() -> None:
        await asyncio.gather(*(add() for _ in range(25)))

    run(race())
    assert rows.all() == [{"_id": "a", "n": 25}]


def test_a_transaction_that_is_cancelled_leaves_nothing_locked(store: Store, rows: Rows, run: Run) -> None:
    rows.given({"_id": "a", "n": 0})

    async def cancel_at_some_points() -> None:
        for step in range(1, 40):
            writes: list[Write] = [Change("rows", "a", {}, {"n": step}), Put("others", {"_id": 1, "n": step})]
            work = asyncio.ensure_future(store.transact(writes))
            for _ in range(step):
                await asyncio.sleep(0)
            work.cancel()
            await asyncio.wait([work])
            await until(lambda: _takes_place(store, Change("rows", "a", {}, {"free": True})))

    run(cancel_at_some_points())
    (row,) = rows.all()
    assert run(store.get("others", [1])).get(1, {"n": 0})["n"] == row["n"]


async def _takes_place(store: Store, write: Write) -> bool:
    try:
        await store.transact([write])
    except Conflict:
        return False
    return True
