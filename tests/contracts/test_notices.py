"""A notice of a failure makes no further failure: whatever it looks like, no service keeps a dead letter of it.

A planted defect for it: `Records.messages` in `shared/engine/consuming/records.py` with `is_wanted = True`, or
`keep_dead_letter` in `shared/engine/failures/dead_letters.py` with `ctx.emit(*announced)` for every tenant.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import pytest

from shared.contracts.catalog import golden
from shared.contracts.engine import MessageDeadLettered
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.authoring.service import Service
from shared.engine.failures.dead_letters import NO_TENANT, DeadLetter
from shared.engine.ports.bus import Record
from shared.installed import installed_services
from tests.contracts.deliveries import Recipient, record
from tests.shared.engine.shop import Ledger

NOTICE = golden(MessageDeadLettered)
SERVICES = [pytest.param(service, id=service.name) for service in installed_services()]


def structured(value: bytes, content_type: bytes = b"application/cloudevents+json") -> Record:
    """The notice in structured mode, whatever it holds."""
    return replace(record(NOTICE), value=value, headers=[("content-type", content_type)])


def changed(**members: Any) -> Record:  # members of a JSON object
    """The notice in structured mode with other members."""
    return structured(json.dumps(NOTICE.structured() | members).encode())


def more_headers(*headers: tuple[str, bytes]) -> Record:
    """The notice in binary mode with headers beside its own."""
    return replace(record(NOTICE), headers=[*NOTICE.headers(), *headers])


MALFORMED = {
    "well formed": record(NOTICE),
    "of no tenant": record(replace(NOTICE, tenant=NO_TENANT)),
    "of something that is no tenant": record(replace(NOTICE, tenant="../etc")),
    "without a tenant": record(replace(NOTICE, tenant="")),
    "without an id": record(replace(NOTICE, id="")),
    "without a time": record(replace(NOTICE, time="")),
    "of a time that is none": record(replace(NOTICE, time="soon")),
    "of a sequence that is none": record(replace(NOTICE, sequence="many")),
    "of an unknown version": record(replace(NOTICE, type=NOTICE.type[:-1] + "99")),
    "of no version": record(replace(NOTICE, type=NOTICE.type[:-1] + "x" * 500_000)),
    "whose data is no JSON": record(replace(NOTICE, data=b"\xff{")),
    "whose data has other fields": record(replace(NOTICE, data=b'{"reason": 1}')),
    "whose data is null": record(replace(NOTICE, data=b"null")),
    "without a value": replace(record(NOTICE), value=None),
    "of two megabytes": record(replace(NOTICE, data=b'"' + b"x" * 2_000_000 + b'"')),
    "with a header that is no text": more_headers(("ce_source", b"\xff\xfe")),
    "with a content type that is no text": more_headers(("content-type", b"\xff\xfe")),
    "of another specification": more_headers(("ce_specversion", b"0.3")),
    "structured": changed(),
    "structured, of no tenant": changed(tenant=NO_TENANT),
    "structured, with a tenant that is a number": changed(tenant=1),
    "structured, with half a character": changed(id="\ud800"),
    "structured, with data twice": changed(data_base64="e30="),
    "structured, with data that is no Base64": structured(
        json.dumps({k: v for k, v in NOTICE.structured().items() if k != "data"} | {"data_base64": "%"}).encode()
    ),
    "structured, of another specification": changed(specversion=0.3),
}


def letters(recipient: Recipient, records: Sequence[Record]) -> tuple[int, list[dict[str, Any]]]:
    """How many dead letters a service has after these records, and the events in its outbox."""
    for one in records:
        for message in recipient.records.messages(one):
            asyncio.run(recipient.take(message))
    stored = recipient.stored()
    chunks = [row for (name, _), row in stored.items() if name == "outbox"]
    found = sum(name == DeadLetter.collection for name, _ in stored)
    return found, [event for chunk in chunks for event in chunk["events"]]


@pytest.mark.parametrize("service", SERVICES)
def test_no_notice_of_a_dead_letter_becomes_one_whatever_is_wrong_with_it(service: Service) -> None:
    recipient = Recipient(service)
    found = {what: recipient.records.messages(one) for what, one in MALFORMED.items()}
    assert {what: messages for what, messages in found.items() if messages} == {}


@pytest.mark.parametrize("service", SERVICES)
def test_a_record_of_no_type_is_one_letter_a_service_and_announced_to_nobody(service: Service) -> None:
    assert letters(Recipient(service), [replace(record(NOTICE), value=b"x", headers=[])] * 2) == (1, [])


def heeding() -> Service:
    """A service that wants to know of dead letters."""
    handlers = Handlers()

    @handlers.on("heed")
    def heed(event: MessageDeadLettered, ledger: Annotated[Ledger, create("dead_letter_id")]) -> None:
        ledger.numbers.append(1)

    return Service("heeding", "Heeding", [], [handlers])


@pytest.mark.parametrize("what", MALFORMED)
def test_who_wants_notices_has_one_letter_of_a_broken_one_and_tells_nobody(what: str) -> None:
    found, told = letters(Recipient(heeding()), [MALFORMED[what]] * 2)
    assert (found <= 1, told) == (True, [])


def test_a_wanted_notice_that_is_broken_is_a_letter() -> None:
    assert letters(Recipient(heeding()), [MALFORMED["of no tenant"]]) == (1, [])
