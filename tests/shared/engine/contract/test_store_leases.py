"""Leases by the clock of the database, in memory and in MongoDB."""

import asyncio
from datetime import UTC, datetime, timedelta

from shared.engine.ports.store import Change, Document, Store
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.conftest import Rows
from tests.waiting import until

NOON = datetime(2027, 1, 4, 12, 0, 0, 123_000, tzinfo=UTC)


def test_a_lease_is_taken_renewed_and_refused_to_others(store: Store, run: Run) -> None:
    taken = run(store.lease("rows", "shard/1", "ann", 60))
    assert taken is not None
    assert taken["_id"] == "shard/1"
    assert (taken["owner"], taken["epoch"], taken["unclean"]) == ("ann", 1, False)
    assert taken["until"] > taken["now"]
    assert run(store.lease("rows", "shard/1", "bob", 60)) is None
    renewed = run(store.lease("rows", "shard/1", "ann", 60))
    assert renewed is not None
    assert (renewed["owner"], renewed["epoch"], renewed["unclean"]) == ("ann", 1, False)
    assert renewed["now"] >= taken["now"]
    assert run(store.get("rows", ["shard/1"])) == {"shard/1": renewed}


def test_a_lease_that_has_ended_is_another_ones_and_was_left_uncleanly(store: Store, run: Run) -> None:
    assert run(store.lease("rows", "shard/1", "ann", 0.2))
    taken = run(until(lambda: store.lease("rows", "shard/1", "bob", 60)))
    assert taken is not None
    assert (taken["owner"], taken["epoch"], taken["unclean"]) == ("bob", 2, True)
    assert run(store.lease("rows", "shard/1", "ann", 60)) is None
    renewed = run(store.lease("rows", "shard/1", "bob", 60))
    assert renewed is not None
    assert (renewed["epoch"], renewed["unclean"]) == (2, True)


def test_a_lease_of_no_time_is_free_at_once(store: Store, run: Run) -> None:
    assert run(store.lease("rows", "partition/1", "ann", 0))
    taken = run(store.lease("rows", "partition/1", "bob", 0))
    assert taken is not None
    assert (taken["owner"], taken["epoch"], taken["unclean"]) == ("bob", 2, True)


def test_a_lease_that_was_given_back_was_left_cleanly(store: Store, rows: Rows, run: Run) -> None:
    assert run(store.lease("rows", "shard/1", "ann", 60))
    rows.write(Change("rows", "shard/1", {"owner": "ann"}, {"owner": ""}))
    taken = run(store.lease("rows", "shard/1", "bob", 60))
    assert taken is not None
    assert (taken["owner"], taken["epoch"], taken["unclean"]) == ("bob", 2, False)
    rows.write(Change("rows", "shard/1", {"owner": "bob"}, {"owner": ""}))
    again = run(store.lease("rows", "shard/1", "bob", 60))
    assert again is not None
    assert (again["epoch"], again["unclean"]) == (3, False)


def test_a_lease_keeps_what_else_is_in_its_document(store: Store, rows: Rows, run: Run) -> None:
    assert run(store.lease("rows", "shard/1", "ann", 0))
    rows.write(Change("rows", "shard/1", {}, {"position": 12, "kind": "shard"}))
    taken = run(store.lease("rows", "shard/1", "bob", 60))
    assert taken is not None
    assert (taken["position"], taken["kind"]) == (12, "shard")


def test_a_name_of_an_owner_is_only_a_name(store: Store, run: Run) -> None:
    taken = run(store.lease("rows", "shard/1", "$until", 60))
    assert taken is not None
    assert taken["owner"] == "$until"
    assert run(store.lease("rows", "shard/1", "$owner", 60)) is None


def test_of_many_who_want_a_new_lease_one_gets_it(store: Store, run: Run) -> None:
    async def race() -> list[Document | None]:
        return await asyncio.gather(*(store.lease("rows", "shard/1", f"owner-{n}", 60) for n in range(20)))

    got = [lease for lease in run(race()) if lease]
    assert len(got) == 1
    assert got[0]["epoch"] == 1


def test_leases_that_live_are_found_by_the_time_of_one_of_them(store: Store, rows: Rows, run: Run) -> None:
    assert run(store.lease("rows", "member/ann", "ann", 0))
    own = run(until(lambda: _lease_after(store, "member/ann")))
    assert rows.find({"until": {"$gt": own["now"]}}) == ["member/bob"]
    assert rows.find({"until": {"$lte": own["now"]}}) == ["member/ann"]


async def _lease_after(store: Store, earlier: str) -> Document | None:
    """Bob's lease, once it began later than the earlier one ended."""
    own = await store.lease("rows", "member/bob", "bob", 60)
    assert own is not None
    return own if own["now"] > (await store.get("rows", [earlier]))[earlier]["until"] else None


def test_leases_are_renewed_together_and_those_of_others_and_of_nobody_stay(store: Store, rows: Rows, run: Run) -> None:
    before = {id: run(store.lease("rows", id, owner, 0)) for id, owner in (("a", "ann"), ("b", "ann"), ("c", "bob"))}
    rows.write(Change("rows", "b", {}, {"position": 12, "halted": True}))
    run(store.renew("rows", ["a", "b", "c", "nobody"], "ann", 60))
    after = run(store.get("rows", ["a", "b", "c", "nobody"]))
    assert after["c"] == before["c"]
    assert "nobody" not in after
    assert after["a"]["until"] - after["a"]["now"] == timedelta(seconds=60)
    assert after["a"]["now"] == after["b"]["now"]
    assert (after["b"]["position"], after["b"]["halted"], after["b"]["epoch"]) == (12, True, 1)
    assert run(store.lease("rows", "a", "bob", 60)) is None
    assert run(store.lease("rows", "c", "ann", 60)) is not None


def test_a_lease_that_was_given_back_is_not_renewed(store: Store, rows: Rows, run: Run) -> None:
    assert run(store.lease("rows", "a", "ann", 60))
    rows.write(Change("rows", "a", {"owner": "ann"}, {"owner": ""}))
    run(store.renew("rows", ["a"], "ann", 60))
    assert run(store.lease("rows", "a", "bob", 60)) is not None


def test_the_database_says_what_time_it_is_by_the_clock_of_its_leases(store: Store, run: Run) -> None:
    before = run(store.now())
    lease = run(store.lease("rows", "a", "ann", 60))
    after = run(store.now())
    assert lease is not None
    assert before <= lease["now"] <= after
    assert (before.tzinfo, before.microsecond % 1000) == (UTC, 0)
