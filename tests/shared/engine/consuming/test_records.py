"""From records to messages: what cannot be read is buried with its place, what is unknown is passed over or waits."""

from dataclasses import replace
from typing import Annotated

import pytest

from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.answer import Ending
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.batch.inbox import row_id
from shared.engine.batch.message import Message
from shared.engine.consuming.records import LETTERS_A_MINUTE, Records
from shared.engine.failures.dead_letters import KEPT_BYTES, NO_TENANT, DeadLetter, KeepDeadLetter
from shared.engine.failures.lanes import PATIENCE, unpark
from shared.engine.ports.bus import Record
from tests.shared.engine.shop import (
    SEALER,
    Ledger,
    Shop,
    Sold,
    TillSeen,
    TillShown,
    at,
    contents,
    envelope,
    noting,
    service,
    virtual,
)

SOLD = envelope(Sold(till_id="t1", number=1))
SHOWN = envelope(TillShown(till_id="t1", text="open"), id="s1", sequence="3")


class Reprint(Timer):
    """A receipt is to be printed again."""


class SoldInParts(Event, aggregate="till", subject="till_id", service="shop", name="Sold", version=2):
    """Something was sold, in parts."""

    till_id: str
    numbers: list[int]


LATER = envelope(SoldInParts(till_id="t1", numbers=[1, 2]), id="e2")


def record(of: Envelope, value: bytes | None = None, **headers: bytes | None) -> Record:
    """The event on partition 3 of a topic, at offset 7; headers replaced by others, or left out where None."""
    kept = dict(of.headers()) | {f"ce_{name}": text for name, text in headers.items()}
    found = [(name, text) for name, text in kept.items() if text is not None]
    return Record("local.shop", 3, 7, of.partitionkey.encode(), of.data if value is None else value, found)


def tombstone(of: Envelope) -> Record:
    return replace(record(of), value=None)


def messages(one: Record, *handlers: Handlers) -> list[Message]:
    return Records(service(*(handlers or (noting(),))), SEALER).messages(one)


def copying() -> Handlers:
    handlers = Handlers()
    handlers.copies(TillShown, TillSeen)
    return handlers


BAD = {
    "no JSON": (record(SOLD, b"\xff{"), "undecodable"),
    "a wrong type": (record(SOLD, b'{"till_id":"t1","number":"many"}'), "undecodable"),
    "a field missing": (record(SOLD, b"{}"), "undecodable"),
    "null for data": (record(SOLD, b"null"), "undecodable"),
    "two megabytes": (record(SOLD, b'"' + b"x" * 2_000_000 + b'"'), "undecodable"),
    "no value": (tombstone(SOLD), "the record has no value"),
    "no id": (record(SOLD, id=None), "id: missing"),
    "no tenant": (record(SOLD, tenant=None), "tenant: missing"),
    "no time": (record(SOLD, time=None), "time: missing"),
    "a header that is no text": (record(SOLD, source=b"\xff\xfe"), "header ce_source: not UTF-8"),
    "a tenant that is none": (record(SOLD, tenant=b"A/B"), "tenant: not a slug"),
    "a time that is none": (record(SOLD, time=b"soon"), "time: not an RFC 3339 timestamp"),
    "a time before all others": (record(SOLD, time=b"0001-01-01T00:00:00+23:00"), "time: not an RFC 3339 timestamp"),
    "a time without an offset": (record(SOLD, time=b"2027-01-04T09:00:00"), "time: without an offset"),
    "a sequence that is none": (record(SOLD, sequence=b"9" * 30), "sequence: not a whole number"),
    "another specification": (record(SOLD, specversion=b"0.3"), "specversion: 0.3"),
}


@pytest.mark.parametrize("what", BAD)
@virtual
async def test_a_record_that_cannot_be_read_is_buried_at_once_and_the_others_are_handled(what: str) -> None:
    bad, reason = BAD[what]
    good = [record(replace(SOLD, id=f"good{n}")) for n in range(2)]
    shop = Shop(noting())
    answers = await shop.handle(*(message for one in (good[0], bad, good[1]) for message in messages(one)))
    assert [answer.ending for answer in answers] in ([Ending.DONE] * 3, [Ending.DONE, Ending.DEAD, Ending.DONE])
    assert (await shop.get(Ledger, "note-t1")).numbers == [1, 1]
    (letter,) = await shop.rows(DeadLetter.collection)
    assert letter["state"]["reason"].startswith(reason)
    assert contents(letter).data == (bad.value or b"")


@virtual
async def test_a_dead_letter_of_a_record_has_its_bytes_its_headers_and_its_place() -> None:
    bad = record(SOLD, b"\xff", source=b"\xff\xfe")
    shop = Shop(noting())
    (message,) = messages(bad)
    await shop.handle(message)
    (letter,) = await shop.rows(DeadLetter.collection)
    state = letter["state"]
    assert (state["topic"], state["partition"], state["offset"]) == ("local.shop", 3, 7)
    assert contents(letter) == (b"\xff", tuple(bad.headers))
    assert [answer.ending for answer in await shop.handle(*messages(bad))] == [Ending.DUPLICATE]


def test_of_a_record_that_no_document_would_hold_the_beginning_is_kept() -> None:
    (message,) = messages(record(SOLD, b"x" * (KEPT_BYTES + 1), id=None))
    assert isinstance(message.body, KeepDeadLetter)
    assert len(SEALER.open(f"{NO_TENANT}/{message.id}", message.body.contents).data) == KEPT_BYTES
    assert message.body.size == KEPT_BYTES + 1


@pytest.mark.parametrize(
    "unknown",
    [
        record(replace(SOLD, type="ithaca.elsewhere.Happened.v1")),
        record(replace(SOLD, type="x")),
        record(replace(SOLD, type="x", tenant="-")),
        record(replace(SOLD, type="x"), time=b"soon", source=b"\xff"),
        record(replace(SOLD, type=SOLD.type[:-1] + "x" * 400_000)),
        tombstone(SHOWN),
    ],
)
def test_what_nobody_here_wants_is_passed_over(unknown: Record) -> None:
    assert messages(unknown) == []


def test_a_timer_is_fired_by_no_record() -> None:
    handlers = Handlers()

    @handlers.on("ring")
    def ring(timer: Reprint, ledger: Annotated[Ledger, create(at("l1"))]) -> None:
        ledger.numbers.append(1)

    assert messages(record(replace(SOLD, type="Reprint", data=b"{}")), handlers) == []


@virtual
async def test_of_records_without_end_that_nobody_can_read_a_few_are_kept_and_the_rest_are_counted() -> None:
    shop = Shop(noting())
    records = Records(shop.service, SEALER, lambda: shop.now)
    flood = [replace(record(SOLD, time=b"soon"), offset=offset) for offset in range(100, 400)]
    given = [message for one in flood for message in records.messages(one)]
    await shop.handle(*given[:200])
    await shop.handle(*given[150:])
    *single, summary = await shop.rows(DeadLetter.collection)
    assert [letter["state"]["offset"] for letter in single] == list(range(100, 100 + LETTERS_A_MINUTE))
    assert summary["_id"] == "-/local.shop-3-2027-01-04T09:00Z"
    state = summary["state"]
    assert (state["count"], state["offset"], state["last_offset"]) == (300 - LETTERS_A_MINUTE, 110, 399)
    assert state["reason"] == "290 more could not be read in that minute: offsets 110 to 399"
    assert await shop.published() == []


@virtual
async def test_a_minute_later_and_in_another_partition_records_are_kept_again() -> None:
    shop = Shop(noting())
    records = Records(shop.service, SEALER, lambda: shop.now)
    bad = record(SOLD, time=b"soon")
    for offset in range(2 * LETTERS_A_MINUTE):
        records.messages(replace(bad, offset=offset))
    (elsewhere,) = records.messages(replace(bad, partition=4))
    (at_once,) = records.messages(replace(bad, offset=98))
    shop.advance(minutes=1)
    (later,) = records.messages(replace(bad, offset=99))
    assert [message.handler.name for message in (elsewhere, at_once, later)] == [
        "keep-dead-letter",
        "count-unreadable",
        "keep-dead-letter",
    ]


def test_each_handler_has_a_message_and_an_inbox_row_of_its_own() -> None:
    found = messages(record(SOLD), noting("a"), noting("b"))
    assert [message.handler.name for message in found] == ["a", "b"]
    assert [message.seen for message in found] == ["acme/a/ithaca/shop/e1", "acme/b/ithaca/shop/e1"]


def test_nobody_can_suppress_an_event_of_another_source_or_tenant() -> None:
    variants = [SOLD, replace(SOLD, source="another"), replace(SOLD, tenant="other")]
    assert len({messages(record(one))[0].seen for one in variants}) == 3
    assert row_id("acme", "note", "a", "b") != row_id("acme", "note", "b", "a")


def test_a_message_knows_who_and_what_is_behind_it() -> None:
    traced = replace(SOLD, actor="person/1", program="p1", correlationid="c1", traceparent="t1", sequence="12")
    (message,) = messages(record(traced))
    origin = message.origin
    assert (origin.actor, origin.program, origin.correlation, origin.traceparent) == ("person/1", "p1", "c1", "t1")
    assert (message.sequence, message.lane, message.tenant) == (12, "till/t1", "acme")


@pytest.mark.parametrize("missing", ["sequence", "subject"])
def test_a_state_without_its_sequence_or_subject_is_buried(missing: str) -> None:
    (message,) = messages(record(SHOWN, **{missing: None}), copying())
    assert isinstance(message.body, KeepDeadLetter)
    assert message.body.reason.startswith("sequence and subject: a state needs both")


@virtual
async def test_states_are_applied_by_their_sequence_whatever_comes_twice_or_late() -> None:
    shop = Shop(copying())

    async def comes(*records: Record) -> TillSeen:
        await shop.handle(*(message for one in records for message in messages(one, copying())))
        return await shop.get(TillSeen)

    third, fifth = SHOWN, replace(SHOWN, sequence="5", data=b'{"till_id":"t1","text":"closed"}')
    assert (await comes(record(fifth), record(third), record(fifth))).text == "closed"
    assert not (await comes(tombstone(third))).removed
    gone = await comes(tombstone(replace(SHOWN, sequence="6")))
    assert (gone.removed, gone.text) == (True, "")
    assert (await comes(record(fifth))).removed


@virtual
async def test_a_later_version_waits_for_every_handler_and_is_handled_by_the_code_that_knows_it() -> None:
    shop = Shop(noting("a"), noting("b"))
    answers = await shop.handle(*messages(record(LATER), noting("a"), noting("b")))
    assert [answer.ending for answer in answers] == [Ending.PARKED] * 2
    newer = Shop(parts("a"), parts("b"), store=shop.store)
    for row in await shop.rows("parked"):
        old = unpark(row, shop.service.by_name[row["handler"]])
        assert [answer.ending for answer in await shop.handle(old)] == [Ending.PARKED]
        new = unpark(row, newer.service.by_name[row["handler"]])
        assert [answer.ending for answer in await newer.handle(new)] == [Ending.DONE]
    assert [(await shop.get(Ledger, f"{name}-t1")).numbers for name in "ab"] == [[1, 2]] * 2


def parts(name: str) -> Handlers:
    """The reaction of a newer version of the service."""
    handlers = Handlers()

    @handlers.on(name)
    def note(event: SoldInParts, ledger: Annotated[Ledger, create(at(f"{name}-t1"))]) -> None:
        ledger.numbers.extend(event.numbers)

    return handlers


@virtual
async def test_a_later_version_that_nobody_comes_to_know_is_buried_after_a_day_under_its_own_name() -> None:
    shop = Shop(noting())
    await shop.handle(*messages(record(LATER)))
    shop.now += PATIENCE + (PATIENCE / 24)
    (row,) = await shop.rows("parked")
    (answer,) = await shop.handle(unpark(row, shop.service.by_name["note"]))
    assert answer.ending is Ending.DEAD
    (letter,) = await shop.rows(DeadLetter.collection)
    assert (letter["state"]["message_type"], contents(letter).data) == (SoldInParts.type_name, LATER.data)
