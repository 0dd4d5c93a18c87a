"""What each kind of write does, and when it is a conflict, in memory and in MongoDB."""

from datetime import UTC, datetime

from shared.engine.ports.store import Change, Delete, Insert, Keep, Put, Replace
from tests.shared.engine.contract.conftest import Rows

NOON = datetime(2027, 1, 4, 12, 0, 0, 123_000, tzinfo=UTC)


def test_a_second_insert_of_an_id_is_a_conflict(rows: Rows) -> None:
    rows.given({"_id": "a", "n": 1})
    assert rows.refuses(Insert("rows", {"_id": "a", "n": 2}))
    assert rows.refuses(Insert("rows", {"_id": "b"}), Insert("rows", {"_id": "b"}))
    assert rows.all() == [{"_id": "a", "n": 1}]


def test_a_replacement_needs_the_document_with_its_fields(rows: Rows) -> None:
    rows.given({"_id": "a", "version": 1, "old": True})
    rows.write(Replace("rows", "a", {"version": 1}, {"_id": "a", "version": 2}))
    assert rows.all() == [{"_id": "a", "version": 2}]
    assert rows.refuses(Replace("rows", "a", {"version": 1}, {"_id": "a", "version": 3}))
    assert rows.refuses(Replace("rows", "b", {}, {"_id": "b"}))
    assert rows.all() == [{"_id": "a", "version": 2}]


def test_a_change_sets_removes_and_counts_up(rows: Rows) -> None:
    rows.given({"_id": "a", "n": 1, "gone": 1, "state": {"x": 1, "gone": 2, "n": 5}})
    changed, counted = {"new": NOON, "state.x": 2, "made.deep": 3}, {"n": 2, "state.n": -1, "fresh": 4}
    rows.write(Change("rows", "a", {"n": 1}, changed, ("gone", "state.gone", "none", "never.deep"), counted))
    state = {"x": 2, "n": 4}
    assert rows.all() == [{"_id": "a", "n": 3, "state": state, "new": NOON, "made": {"deep": 3}, "fresh": 4}]


def test_a_change_needs_the_document_with_its_fields(rows: Rows) -> None:
    rows.given({"_id": "a", "owner": {"name": "x"}})
    assert rows.refuses(Change("rows", "a", {"owner.name": "y"}, {"n": 1}))
    assert rows.refuses(Change("rows", "a", {"missing": 1}, {"n": 1}))
    assert rows.refuses(Change("rows", "b", {}, {"n": 1}))
    assert rows.all() == [{"_id": "a", "owner": {"name": "x"}}]


def test_a_change_of_nothing_is_a_check(rows: Rows) -> None:
    rows.given({"_id": "a", "n": 1})
    rows.write(Change("rows", "a", {"n": 1}))
    assert rows.refuses(Change("rows", "a", {"n": 2}))
    assert rows.all() == [{"_id": "a", "n": 1}]


def test_a_document_is_put_whatever_was_there(rows: Rows) -> None:
    rows.write(Put("rows", {"_id": "a", "n": 1}))
    rows.write(Put("rows", {"_id": "a", "m": 2}), Put("rows", {"_id": "b"}))
    assert rows.all() == [{"_id": "a", "m": 2}, {"_id": "b"}]


def test_a_document_that_exists_is_kept(rows: Rows) -> None:
    rows.write(Keep("rows", {"_id": "a", "n": 1, "state": {"x": None}}))
    rows.write(Keep("rows", {"_id": "a", "n": 2}), Keep("rows", {"_id": "b"}), Keep("rows", {"_id": "b", "n": 3}))
    assert rows.all() == [{"_id": "a", "n": 1, "state": {"x": None}}, {"_id": "b"}]


def test_a_document_is_deleted_if_it_is_there(rows: Rows) -> None:
    rows.given({"_id": "a"}, {"_id": "b"})
    rows.write(Delete("rows", "a"), Delete("rows", "none"))
    assert rows.find({}) == ["b"]


def test_a_deletion_with_fields_needs_the_document_with_them(rows: Rows) -> None:
    rows.given({"_id": "a", "token": 1}, {"_id": "b"})
    assert rows.refuses(Delete("rows", "a", {"token": 2}))
    assert rows.refuses(Delete("rows", "none", {}))
    rows.write(Delete("rows", "a", {"token": 1}), Delete("rows", "b", {}))
    assert rows.all() == []
