"""CloudEvents 1.0.2 on Kafka, with the example of the specification's conformance suite (cloudevents/conformance)."""

import base64
import json
from typing import Any

import pytest

from shared.contracts.envelope import Envelope, Undecodable, read

ATTRIBUTES = {
    "id": "1234-1234-1234",
    "source": "/mycontext/subcontext",
    "type": "com.example.someevent",
    "time": "2018-04-05T03:56:24Z",
    "tenant": "acme",
}
DATA = b'{"message":"Hello World!"}'
EVENT = Envelope(**ATTRIBUTES, data=DATA)

Headers = list[tuple[str, bytes]]


def binary(content_type: str | None = None, **changed: str | None) -> Headers:
    """Headers of binary mode; None leaves one out."""
    attributes = {"specversion": "1.0"} | ATTRIBUTES | changed
    headers = [(f"ce_{name}", value.encode()) for name, value in attributes.items() if value is not None]
    return headers + structured(content_type) if content_type else headers


def structured(content_type: str = "application/cloudevents+json") -> Headers:
    """Headers of structured mode."""
    return [("content-type", content_type.encode())]


def document(**changed: Any) -> bytes:
    """The value of structured mode; None leaves a member out."""
    whole = {"specversion": "1.0"} | ATTRIBUTES | {"datacontenttype": "application/json", "data": json.loads(DATA)}
    return json.dumps({name: value for name, value in (whole | changed).items() if value is not None}).encode()


@pytest.mark.parametrize("content_type", [None, "application/json", "application/json; charset=utf-8", "text/plain"])
def test_whatever_its_content_type_a_record_with_attributes_in_headers_is_in_binary_mode(
    content_type: str | None,
) -> None:
    assert read(DATA, binary(content_type)) == EVENT


@pytest.mark.parametrize(
    "content_type",
    [
        "application/cloudevents+json",
        "application/cloudevents+json; charset=utf-8",
        "application/cloudevents+json;charset=UTF-8",
        "APPLICATION/CloudEvents+JSON",
        "application/cloudevents",
    ],
)
def test_a_content_type_that_begins_with_that_of_cloudevents_is_structured_mode(content_type: str) -> None:
    assert read(document(), structured(content_type)) == EVENT


def test_in_structured_mode_the_headers_do_not_count() -> None:
    assert read(document(), structured() + binary(id="another")) == EVENT


def test_the_content_type_of_the_data_is_ignored_where_it_does_not_belong() -> None:
    assert read(DATA, [*binary(), ("ce_datacontenttype", b"application/xml")]) == EVENT


def test_attributes_and_headers_of_others_are_passed_over() -> None:
    assert read(DATA, [*binary(), ("ce_theirs", b"1"), ("kafka_retries", b"2")]) == EVENT
    assert read(document(theirs=True), structured()) == EVENT


def test_what_is_written_has_a_bare_content_type_and_none_for_the_data() -> None:
    headers = dict(EVENT.headers())
    assert headers["content-type"] == b"application/json"
    assert headers["ce_specversion"] == b"1.0"
    assert "ce_datacontenttype" not in headers


def test_attributes_without_a_value_are_not_written() -> None:
    assert {name for name, _ in EVENT.headers()} == {name for name, _ in binary("application/json")}
    assert EVENT.structured().keys() == json.loads(document()).keys()


def test_headers_are_utf_8_as_they_stand() -> None:
    assert read(DATA, binary(subject="Zürich € %")).subject == "Zürich € %"
    assert Envelope(**ATTRIBUTES, data=DATA, subject="Zürich € %").headers()[-1] == (
        "ce_subject",
        "Zürich € %".encode(),
    )


def test_data_may_be_in_base64() -> None:
    assert read(document(data=None, data_base64=base64.b64encode(DATA).decode()), structured()) == EVENT


def test_data_is_the_same_in_both_modes_whatever_its_script() -> None:
    value = '{"message":"שלום, Zürich €"}'
    assert read(document(data=json.loads(value)), structured()).data == value.encode()


@pytest.mark.parametrize(
    ("value", "headers", "complaint"),
    [
        pytest.param(DATA, binary(specversion="0.3"), "specversion: 0.3", id="binary of another version"),
        pytest.param(DATA, binary(specversion=None), "specversion: missing", id="no event at all"),
        pytest.param(document(specversion="0.3"), structured(), "specversion: 0.3", id="structured of another version"),
        pytest.param(document(specversion=None), structured(), "specversion: missing", id="structured of no version"),
        pytest.param(document(data_base64="e30="), structured(), "data and data_base64", id="data twice"),
        pytest.param(document(data=None, data_base64="%"), structured(), "data_base64: not Base64", id="no Base64"),
        pytest.param(b"[]", structured("application/cloudevents-batch+json"), "one event a record", id="batch"),
        pytest.param(b"[]", structured("application/CloudEvents-Batch+JSON"), "one event a record", id="BATCH"),
        pytest.param(b"[]", structured(), "not a JSON object", id="structured list"),
        pytest.param(b"{", structured(), "not JSON", id="structured, broken"),
        pytest.param(b"\xff", structured(), "not JSON", id="structured, not UTF-8"),
        pytest.param(DATA, binary(id=None), "id: missing", id="binary without id"),
        pytest.param(DATA, binary(source=""), "source: missing", id="binary with empty source"),
        pytest.param(document(type=None), structured(), "type: missing", id="structured without type"),
        pytest.param(document(tenant=None), structured(), "tenant: missing", id="structured without tenant"),
        pytest.param(DATA, binary(time="yesterday"), "time: not an RFC 3339 timestamp", id="time in words"),
        pytest.param(DATA, binary(time="2018-04-05T03:56:24"), "time: without an offset", id="time of nowhere"),
        pytest.param(DATA, [*binary(), ("ce_subject", b"\xff")], "header ce_subject: not UTF-8", id="header not UTF-8"),
        pytest.param(None, binary(), "no value", id="no value"),
    ],
)
def test_what_is_no_event_is_refused_with_a_word_on_what_is_wrong(
    value: bytes | None, headers: Headers, complaint: str
) -> None:
    with pytest.raises(Undecodable, match=complaint):
        read(value, headers)
