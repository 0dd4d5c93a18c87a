"""What cannot be stored, and what only just can, in memory and in MongoDB."""

from datetime import UTC, datetime

import pytest

from shared.engine.ports.store import (
    MAX_DOCUMENT,
    MOST_LEVELS,
    Change,
    Document,
    Insert,
    Put,
    Replace,
    Unencodable,
    WriteRefused,
    encode,
)
from tests.shared.engine.contract.conftest import Rows

NOON = datetime(2027, 1, 4, 12, 0, 0, 123_000, tzinfo=UTC)


def nested(levels: int) -> Document:
    """A document of so many levels, itself and lists in it counted."""
    inner: object = "the end"
    for level in range(1, levels):
        inner = {"a": inner} if level % 2 else [inner]
    return {"_id": "x", "a": inner}


BAD: dict[str, Document] = {
    "a number of more than 64 bits": {"_id": "x", "n": 2**63},
    "half a character": {"_id": "x", "text": "\ud800"},
    "a type that is not BSON's": {"_id": "x", "set": {1, 2}},
    "too large": {"_id": "x", "text": "x" * (16 * 1024 * 1024)},
    "nested too deep": nested(181),
    "nested deeper than a command may be": nested(300),
    "nested deeper than anybody can look": nested(1500),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_document_that_cannot_be_stored_is_refused_with_all_beside_it(rows: Rows, bad: Document) -> None:
    with pytest.raises(WriteRefused):
        rows.write(Insert("others", {"_id": 1}), Put("rows", {"_id": "good"}), Put("rows", bad))
    assert rows.all() == []
    rows.write(Put("rows", {"_id": "good"}))


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_what_cannot_be_stored_cannot_be_encoded(bad: Document) -> None:
    with pytest.raises(Unencodable):
        encode(bad)


@pytest.mark.parametrize("levels", [181, 300, 1500])
def test_no_change_makes_a_document_deeper_than_it_may_be(rows: Rows, levels: int) -> None:
    rows.given({"_id": "x", "n": 1})
    for write in (Change("rows", "x", {}, {"a": nested(levels)["a"]}), Replace("rows", "x", {"n": 1}, nested(levels))):
        with pytest.raises(WriteRefused):
            rows.write(write)
    assert rows.all() == [{"_id": "x", "n": 1}]


def test_the_deepest_state_that_can_be_encoded_can_be_stored(rows: Rows) -> None:
    deepest = nested(MOST_LEVELS)
    with pytest.raises(Unencodable, match="nested in more than 100 levels"):
        encode(nested(MOST_LEVELS + 1))
    rows.given({"_id": "a", "state": encode(deepest)})
    rows.write(Change("rows", "a", {}, {"other": deepest}))
    assert rows.all() == [{"_id": "a", "state": deepest, "other": deepest}]


def test_many_siblings_are_no_depth(rows: Rows) -> None:
    wide = {"_id": "a", "rows": [{"n": [n]} for n in range(2000)]}
    rows.given(dict(encode(wide)))
    assert rows.all() == [wide]


def test_a_change_that_does_not_fit_what_is_there_is_refused(rows: Rows) -> None:
    rows.given({"_id": "a", "text": "x"})
    with pytest.raises(WriteRefused):
        rows.write(Change("rows", "a", {}, add={"text": 1}))
    with pytest.raises(WriteRefused):
        rows.write(Change("rows", "a", {}, {"text.inside": 1}))
    assert rows.all() == [{"_id": "a", "text": "x"}]


def test_the_largest_state_that_can_be_encoded_can_be_stored(rows: Rows) -> None:
    state = encode({"text": "x" * (MAX_DOCUMENT - 20)})
    rows.given({"_id": "a", "tenant": "acme", "version": 1, "state": state})
    rows.write(Replace("rows", "a", {"version": 1}, {"_id": "a", "version": 2, "state": state}))
    assert rows.find({"version": 2}) == ["a"]


def test_a_transaction_may_be_larger_than_a_message(rows: Rows) -> None:
    rows.write(*(Put("rows", {"_id": n, "text": "x" * 3_000_000}) for n in range(6)), Insert("rows", {"_id": 99}))
    assert len(rows.find({})) == 7
    refused = Replace("rows", 5, {"text": ""}, {"_id": 5})
    assert rows.refuses(*(Put("rows", {"_id": n, "text": "y" * 3_000_000}) for n in range(5)), refused)
    assert rows.run(rows.store.count("rows", {"text": "y" * 3_000_000})) == 0
