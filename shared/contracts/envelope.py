"""The envelope of every event: CloudEvents 1.0.2 with the Kafka binding, binary and structured.

Attributes follow the core specification and the partitioning, sequence and distributed tracing extensions;
`tenant`, `program`, `actor`, `correlationid` and `causationid` are ours. Written in binary mode (the value is the
data, the attributes are `ce_*` headers); read in both.
"""

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Headers = Iterable[tuple[str, bytes]]

JSON = b"application/json"
STRUCTURED = "application/cloudevents"
REQUIRED = ("id", "source", "type", "time", "tenant")
OPTIONAL = ("subject", "partitionkey", "program", "actor", "correlationid", "causationid", "sequence", "traceparent")
HEADERS = {name: f"ce_{name}" for name in (*REQUIRED, *OPTIONAL)}
NAMES = {f"ce_{name}": name for name in ("specversion", *REQUIRED, *OPTIONAL)}

SEQUENCE = re.compile(r"[0-9]{1,18}")
"""What a database can hold."""

VERSION = re.compile(r"[0-9.]{1,8}")
"""What may be quoted of a record that cannot be read: the rest of it may be personal."""


class Undecodable(ValueError):
    """A record that is no event of ours; the message says which part is wrong and what was expected.

    `type` is the event's, if at least that can be read: who does not want it need not care what is wrong.
    """

    type: str = ""


@dataclass(slots=True)
class Envelope:
    """One event as it travels. `data` is its JSON, `time` is RFC 3339 in UTC, `sequence` counts per subject."""

    id: str
    source: str
    type: str
    time: str
    tenant: str
    data: bytes
    subject: str = ""
    partitionkey: str = ""
    program: str = ""
    actor: str = ""
    correlationid: str = ""
    causationid: str = ""
    sequence: str = ""
    traceparent: str = ""

    def headers(self) -> list[tuple[str, bytes]]:
        """Return the attributes as headers of binary mode; the ones without a value are left out."""
        pairs = [("ce_specversion", b"1.0"), ("content-type", JSON)]
        attributes = ((header, getattr(self, name)) for name, header in HEADERS.items())
        pairs.extend((header, value.encode()) for header, value in attributes if value)
        return pairs

    def structured(self) -> dict[str, Any]:
        """Return the whole event as one JSON object, as in structured mode."""
        attributes = {name: value for name in REQUIRED + OPTIONAL if (value := getattr(self, name))}
        return {
            "specversion": "1.0",
            **attributes,
            "datacontenttype": "application/json",
            "data": json.loads(self.data),
        }


def read(value: bytes | None, headers: Headers) -> Envelope:
    """Return the event in a Kafka record, in either mode; raises `Undecodable`. Headers of others are left alone."""
    attributes, content_type, unreadable = dict[str, str](), "", ""
    for header, raw in headers:
        try:
            if (name := NAMES.get(header)) is not None:
                attributes[name] = (raw or b"").decode()
            elif header == "content-type":
                content_type = (raw or b"").decode().lower()
        except UnicodeDecodeError:
            unreadable = header
    type = attributes.get("type", "")
    try:
        if unreadable:
            raise Undecodable(f"header {unreadable}: not UTF-8")
        if value is None:
            raise Undecodable("the record has no value: an event needs its data")
        if not content_type.startswith(STRUCTURED):
            return _checked(attributes, value)
        if content_type.startswith(STRUCTURED + "-batch"):
            raise Undecodable("content-type: batches are not allowed on Kafka; send one event a record")
        document = _object(value)
        type = found if isinstance(found := document.get("type"), str) else ""
        return _from_structured(document)
    except Undecodable as error:
        error.type = type
        raise


def _from_structured(document: dict[str, Any]) -> Envelope:
    if "data" in document and "data_base64" in document:
        raise Undecodable("data and data_base64: an event has one of them")
    attributes = {name: _attribute(name, document[name]) for name in NAMES.values() if document.get(name) is not None}
    return _checked(attributes, _data(document))


def _object(value: bytes) -> dict[str, Any]:
    try:
        document = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise Undecodable(f"the value is not JSON: {type(error).__name__}") from error
    if not isinstance(document, dict):
        raise Undecodable("the value is not a JSON object with the attributes and the data of an event")
    return document


def _attribute(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise Undecodable(f"{name}: not a string")
    _encoded(name, value)
    return value


def _data(document: dict[str, Any]) -> bytes:
    if (encoded := document.get("data_base64")) is not None:
        try:
            return base64.b64decode(encoded, validate=True)
        except (ValueError, TypeError) as error:
            raise Undecodable("data_base64: not Base64") from error
    try:
        text = json.dumps(document.get("data"), separators=(",", ":"), ensure_ascii=False)
    except RecursionError as error:
        raise Undecodable("data: nested too deep") from error
    return _encoded("data", text)


def _encoded(name: str, text: str) -> bytes:
    """As UTF-8, which has no place for the half of a character that JSON can spell."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Undecodable(f"{name}: half of a surrogate pair, which is no character") from error


def _checked(attributes: dict[str, str], data: bytes) -> Envelope:
    if (specversion := attributes.pop("specversion", None)) != "1.0":
        found = "missing" if not specversion else specversion if VERSION.fullmatch(specversion) else "no version"
        raise Undecodable(f"specversion: {found}; only CloudEvents 1.0 is understood")
    for name in REQUIRED:
        if not attributes.get(name):
            raise Undecodable(f"{name}: missing; every event needs {', '.join(REQUIRED)}")
    try:
        moment = datetime.fromisoformat(attributes["time"])
        moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Undecodable("time: not an RFC 3339 timestamp") from error
    if moment.tzinfo is None:
        raise Undecodable("time: without an offset; use UTC, such as 2027-01-31T12:00:00Z")
    if (sequence := attributes.get("sequence")) and not SEQUENCE.fullmatch(sequence):
        raise Undecodable("sequence: not a whole number of at most 18 digits")
    return Envelope(data=data, **attributes)
