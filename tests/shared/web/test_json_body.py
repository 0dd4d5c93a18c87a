"""Bodies of JSON are read by one rule, whether a command takes them or a route."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.shared.web.api import Api, running
from tests.shared.web.garden import garden

JSON = "application/json"
PATHS = ("/v1/plots/a/notes", "/v1/labels")


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """A garden for all tests of this module: they leave nothing behind."""
    with running(garden) as one:
        yield one


UNREADABLE = {
    "no JSON": b"text=a",
    "cut off": b'{"text": "a"',
    "more behind it": b'{"text": "a"} b',
    "single quotes": b"{'text': 'a'}",
    "a comma too many": b'{"text": "a",}',
    "bytes that are no UTF-8": b'{"text": "\xff"}',
    "UTF-8 cut off": b'{"text": "\xc3"}',
    "UTF-8 that is too long": b'{"text": "\xc0\xaf"}',
    "UTF-16": '{"text": "a"}'.encode("utf-16"),
    "UTF-32": '{"text": "a"}'.encode("utf-32"),
    "a byte order mark": b'\xef\xbb\xbf{"text": "a"}',
    "a surrogate in bytes": b'{"text": "\xed\xa0\x80"}',
    "a lone surrogate": b'{"text": "\\ud800"}',
    "a lone trailing surrogate": b'{"text": "\\udc00"}',
    "two leading surrogates": b'{"text": "\\ud800\\ud800"}',
    "a lone surrogate in a name": b'{"facts": {"\\udfff": 1}}',
    "a lone surrogate deep inside": b'{"facts": {"a": [{"b": "\\ud83d"}]}}',
    "a zero character": b'{"text": "\\u0000"}',
    "a zero character behind backslashes": b'{"text": "\\\\\\\\\\u0000"}',
    "a zero character in a name": b'{"facts": {"a\\u0000": 1}}',
    "a raw zero byte": b'{"text": "\x00"}',
    "a raw line feed in a text": b'{"text": "a\nb"}',
    "NaN": b'{"share": NaN}',
    "infinity": b'{"share": Infinity}',
    "minus infinity": b'{"facts": {"a": -Infinity}}',
    "a number that is infinite": b'{"share": 1e999}',
    "a number that is infinite, inside": b'{"facts": {"a": [-1e400]}}',
    "a whole number beyond 64 bits": b'{"number": 9223372036854775808}',
    "a whole number beyond 64 bits, inside": b'{"facts": {"a": -9223372036854775809}}',
    "a number of 5,000 digits": b'{"number": ' + b"9" * 5_000 + b"}",
    "a number of 900,000 digits": b'{"number": ' + b"9" * 900_000 + b"}",
    "a leading zero": b'{"number": 01}',
    "a name twice": b'{"text": "a", "text": "b"}',
    "a name twice, inside": b'{"facts": {"a": [{"b": 1, "b": 1}]}}',
    "a name twice, once escaped": b'{"text": "a", "te\\u0078t": "b"}',
    "65 levels": b'{"facts": ' + b'{"a":' * 63 + b"[]" + b"}" * 64,
    "lists in lists": b'{"facts": {"a": ' + b"[" * 300 + b"]" * 300 + b"}}",
    "100,000 levels": b"[" * 100_000,
    "objects without end": b'{"a":' * 100_000,
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_in_one_way_is_one_kind_of_problem(api: Api, path: str, body: bytes) -> None:
    answer = api.post(path, content=body, headers={"Content-Type": JSON})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    problem = answer.json()
    assert problem["code"] == "shape-wrong"
    (error,) = problem["errors"]
    assert (error["in"], error["field"]) == ("body", "")
    assert error["detail"]
    assert error["remedy"]


READABLE: dict[str, tuple[bytes, dict[str, Any]]] = {
    "the largest number": (b'{"number": 9223372036854775807}', {"number": 2**63 - 1}),
    "the smallest number": (b'{"number": -9223372036854775808}', {"number": -(2**63)}),
    "a pair of surrogates": (b'{"text": "\\ud83d\\ude00"}', {"text": "\N{GRINNING FACE}"}),
    "an escaped backslash before u0000": (b'{"text": "\\\\u0000"}', {"text": "\\u0000"}),
    "one name in two objects": (b'{"facts": {"a": {"b": 1}, "b": 2}}', {"facts": {"a": {"b": 1}, "b": 2}}),
    "64 levels": (b'{"facts": ' + b'{"a":' * 62 + b"[]" + b"}" * 63, {}),
    "many brackets that are not deep": (b'{"facts": {"a": [' + b"[]," * 999 + b"[]]}}", {}),
    "white space": (b' \r\n\t{"text" : "a"}\n', {"text": "a"}),
    "a tiny number": (b'{"share": 1e-999}', {"share": 0.0}),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("body", "said"), READABLE.values(), ids=READABLE.keys())
def test_what_can_be_read_in_one_way_is_taken(api: Api, path: str, body: bytes, said: dict[str, Any]) -> None:
    answer = api.post(path, content=body, headers={"Content-Type": JSON})
    assert answer.status_code == 200
    if path == "/v1/labels":
        assert said.items() <= answer.json().items()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/merge-patch+json",
        "application/vnd.api+json; profile=x; charset=UTF-8",
    ],
)
def test_json_may_be_called_by_each_of_its_names_or_by_none(api: Api, path: str, media_type: str | None) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    assert api.post(path, content=b'{"text": "a"}', headers=headers).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "text/json",
        "text/csv",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonp",
        "image/svg+json",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "json",
        "*/*",
        "",
        ";",
        "application/",
        "application/json, text/plain",
    ],
)
def test_a_body_of_another_media_type_is_not_read(api: Api, path: str, media_type: str) -> None:
    answer = api.post(path, content=b'{"text": "a"}', headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (415, "media-type-wrong")
    assert "application/json" in answer.json()["detail"]


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_is_packed_is_not_read(api: Api, path: str) -> None:
    headers = {"Content-Type": JSON, "Content-Encoding": "gzip"}
    answer = api.post(path, content=b'{"text": "a"}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "media-type-wrong")


def test_where_there_is_no_body_its_media_type_does_not_matter(api: Api) -> None:
    headers = {"Content-Type": "text/plain"}
    assert api.post("/v1/plots/a/notes", headers=headers).status_code == 200
    assert api.post("/v1/labels", headers=headers).status_code == 422


def test_a_route_with_a_type_of_its_own_takes_what_it_likes(api: Api) -> None:
    assert api.post("/v1/photos", content=b"\xff\xd8", headers={"Content-Type": "image/jpeg"}).json() == 2
    assert api.post("/v1/photos", content=b"no JSON", headers={"Content-Type": JSON}).is_success
