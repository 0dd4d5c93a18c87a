"""Sessions, collections and indexes, in memory and in MongoDB."""

from datetime import UTC, datetime

from shared.engine.ports.store import Index, Store
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.conftest import Rows

NOON = datetime(2027, 1, 4, 12, 0, 0, 123_000, tzinfo=UTC)


def test_the_sessions_of_a_process_are_known_before_it_writes_and_stay_the_same(
    store: Store, rows: Rows, run: Run
) -> None:
    before = store.sessions()
    rows.given({"_id": "sessions", "sessions": before})
    assert store.sessions() == before == rows.all()[0]["sessions"]


def test_to_end_no_sessions_ends_none(store: Store, rows: Rows, run: Run) -> None:
    run(store.end_sessions([]))
    rows.given({"_id": "a"})


INDEXED = {"rows": (Index(("shard", "_id"), only="unpublished"), Index(("expires",), expires=True)), "more": ()}


def test_what_was_not_prepared_is_named(store: Store, run: Run) -> None:
    assert "collection more is missing" in run(store.verify(INDEXED))


def test_what_was_prepared_is_all_there(store: Store, run: Run) -> None:
    run(store.prepare(INDEXED))
    assert run(store.verify(INDEXED)) == []


def test_to_prepare_again_changes_nothing(store: Store, rows: Rows, run: Run) -> None:
    run(store.prepare(INDEXED))
    rows.given({"_id": "a"})
    run(store.prepare(INDEXED))
    assert rows.find({}) == ["a"]
    assert run(store.verify(INDEXED)) == []


def test_a_collection_that_was_dropped_is_gone_with_its_documents(store: Store, rows: Rows, run: Run) -> None:
    rows.given({"_id": "a"})
    run(store.drop("rows"))
    assert rows.all() == []
    assert run(store.verify({"rows": (), "others": ()})) == ["collection rows is missing"]
    run(store.drop("rows"))
    run(store.prepare({"rows": ()}))
    rows.given({"_id": "a"})
