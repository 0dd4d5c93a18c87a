"""How documents are found and come back, in memory and in MongoDB."""

from datetime import UTC, datetime, timedelta

from shared.engine.ports.store import Put, Replace, Store, encode
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.conftest import Rows

NOON = datetime(2027, 1, 4, 12, 0, 0, 123_000, tzinfo=UTC)


def test_get_returns_the_documents_that_exist_by_id(store: Store, rows: Rows, run: Run) -> None:
    rows.given({"_id": "a", "n": 1}, {"_id": 7, "n": 2}, {"_id": "c", "n": 3})
    found = run(store.get("rows", ["c", 7, "none", "c"]))
    assert found == {"c": {"_id": "c", "n": 3}, 7: {"_id": 7, "n": 2}}
    assert run(store.get("rows", [])) == {}


def test_get_returns_more_documents_than_a_first_reply_of_the_database_holds(
    store: Store, rows: Rows, run: Run
) -> None:
    for start in (0, 50):
        rows.given(*({"_id": start + n, "text": "x" * 200_000} for n in range(50)))
    assert len(run(store.get("rows", range(100)))) == 100
    assert len(rows.all()) == 100


def test_a_document_comes_back_as_it_was_stored(store: Store, rows: Rows, run: Run) -> None:
    document = {
        "_id": "a",
        "text": "Zoë 🙂",
        "number": 2**62,
        "ratio": 0.1,
        "flag": False,
        "nothing": None,
        "bytes": b"\x00\xff",
        "list": [1, {"deep": ["x"]}],
        "at": NOON,
    }
    rows.given(document)
    found = run(store.get("rows", ["a"]))["a"]
    assert found == document
    assert list(found) == list(document)
    assert isinstance(found["bytes"], bytes)


def test_times_come_back_in_utc_cut_to_milliseconds(rows: Rows) -> None:
    local = NOON.astimezone(tz=None) + timedelta(microseconds=999)
    rows.given({"_id": "a", "at": local})
    (found,) = rows.all()
    assert found["at"] == NOON
    assert found["at"].utcoffset() == timedelta(0)


def test_what_was_encoded_before_is_stored_as_it_is(rows: Rows) -> None:
    state = {"name": "Ada", "at": NOON, "tags": ["x"]}
    rows.given({"_id": "a", "state": encode(state)})
    rows.write(Replace("rows", "a", {"state.name": "Ada"}, {"_id": "a", "state": encode(state | {"name": "Bo"})}))
    assert rows.all() == [{"_id": "a", "state": state | {"name": "Bo"}}]


def test_find_filters_by_value_by_dotted_field_and_by_comparison(rows: Rows) -> None:
    rows.given(*({"_id": n, "even": n % 2 == 0, "state": {"n": n, "at": NOON + timedelta(hours=n)}} for n in range(6)))
    assert rows.find({"even": True}) == [0, 2, 4]
    assert rows.find({"state.n": 3}) == [3]
    assert rows.find({"state.n": {"$in": [1, 4, 9]}}) == [1, 4]
    assert rows.find({"state.n": {"$gt": 3}, "even": False}) == [5]
    assert rows.find({"state.at": {"$lte": NOON + timedelta(hours=1)}}) == [0, 1]


def test_find_asks_for_a_list_with_a_document_that_has_all_of_the_values(rows: Rows) -> None:
    pair = [{"person": "ada", "role": "mentor"}, {"person": "ben", "role": "mentee"}]
    rows.given({"_id": "pair", "of": pair}, {"_id": "empty", "of": []}, {"_id": "one", "of": pair[0]}, {"_id": "none"})
    assert rows.find({"of": {"$elemMatch": {"person": "ada"}}}) == ["pair"]
    assert rows.find({"of": {"$elemMatch": {"person": "ben", "role": "mentee"}}}) == ["pair"]
    assert rows.find({"of": {"$elemMatch": {"person": "ada", "role": "mentee"}}}) == []


def test_find_asks_for_a_list_with_all_of_some_values(rows: Rows) -> None:
    rows.given(
        {"_id": "both", "of": ["a", "b", "c"]}, {"_id": "one", "of": ["a"]}, {"_id": "none", "of": []}, {"_id": "x"}
    )
    assert rows.find({"of": {"$all": ["a", "b"]}}) == ["both"]
    assert rows.find({"of": {"$all": ["a"]}}) == ["both", "one"]


def test_none_in_a_filter_is_a_field_without_value_or_missing(rows: Rows) -> None:
    rows.given({"_id": "null", "x": None}, {"_id": "missing"}, {"_id": "zero", "x": 0})
    assert rows.find({"x": None}) == ["missing", "null"]
    assert rows.find({"x": {"$in": [None, 0]}}) == ["missing", "null", "zero"]


def test_a_comparison_leaves_out_what_has_another_type_or_no_value(rows: Rows) -> None:
    rows.given({"_id": "number", "x": 1}, {"_id": "text", "x": "1"}, {"_id": "null", "x": None}, {"_id": "missing"})
    assert rows.find({"x": {"$lte": 5}}) == ["number"]
    assert rows.find({"x": {"$gt": ""}}) == ["text"]


def test_find_is_in_order_of_ids(rows: Rows) -> None:
    rows.given(*({"_id": id} for id in ("b", "a", "c", "B")))
    assert rows.find({}) == ["B", "a", "b", "c"]


def test_find_is_in_order_of_a_field_or_backwards(rows: Rows) -> None:
    rows.given(*({"_id": n, "due": {"at": -n}} for n in range(4)))
    assert rows.find({}, order="due.at") == [3, 2, 1, 0]
    assert rows.find({}, order="-due.at") == [0, 1, 2, 3]
    assert rows.find({}, order="-_id") == [3, 2, 1, 0]


def test_what_has_no_value_comes_first_in_an_order(rows: Rows) -> None:
    rows.given({"_id": "a", "due": NOON}, {"_id": "b", "due": None}, {"_id": "c", "due": NOON - timedelta(1)})
    assert rows.find({}, order="due") == ["b", "c", "a"]


def test_find_leaves_out_what_is_of_some_and_begins_behind_another(rows: Rows) -> None:
    rows.given(*({"_id": number, "tenant": name} for number, name in enumerate("abcd")), {"_id": 9})
    assert rows.find({"tenant": {"$nin": ["b", "d"]}}) == [0, 2, 9]
    assert rows.find({"tenant": {"$nin": ["b"], "$gt": "a"}}, order="tenant") == [2, 3]


def test_find_returns_at_most_the_limit(rows: Rows) -> None:
    rows.given(*({"_id": n} for n in range(1005)))
    assert len(rows.find({})) == 1000
    assert rows.find({}, limit=3) == [0, 1, 2]
    assert len(rows.find({}, limit=2000)) == 1005


def test_find_goes_on_behind_an_id(rows: Rows) -> None:
    rows.given(*({"_id": n, "even": n % 2 == 0} for n in range(8)))
    assert rows.find({"even": True}, after=2, limit=2) == [4, 6]
    assert rows.find({"_id": {"$in": [1, 2, 3]}}, after=1) == [2, 3]
    assert rows.find({"even": True}, order="-_id", after=4) == [2, 0]


def test_count_counts(store: Store, rows: Rows, run: Run) -> None:
    rows.given(*({"_id": n, "even": n % 2 == 0} for n in range(1101)))
    assert run(store.count("rows", {"even": True})) == 551
    assert run(store.count("rows", {"even": True}, limit=100)) == 100
    assert run(store.count("rows", {"even": True}, limit=1000)) == 551
    assert run(store.count("rows", {"even": 7})) == 0


def test_reads_see_what_was_written_before(store: Store, rows: Rows, run: Run) -> None:
    for n in range(20):
        rows.write(Put("rows", {"_id": "a", "n": n}))
        assert run(store.get("rows", ["a"]))["a"]["n"] == n
        assert rows.find({"n": n}) == ["a"]
        assert run(store.count("rows", {"n": n})) == 1
