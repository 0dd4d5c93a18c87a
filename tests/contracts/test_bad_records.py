"""Whatever a record holds, it becomes messages, a dead letter or nothing, and the stream goes on."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.contracts.catalog import golden
from shared.contracts.event import Contract, Event
from shared.contracts.intake import Profile, ProgramPublished
from shared.documents.flow import received
from shared.engine.authoring.answer import Ending
from shared.engine.authoring.service import Service
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.ports.bus import Record
from shared.installed import installed_services
from tests.contracts.deliveries import Recipient, record
from tests.examples import examples

EVENTS = [
    pytest.param(service, contract, id=f"{service.name}-{contract.about.name}.v{contract.about.version}")
    for service in installed_services()
    for contract in received(service)
    if issubclass(contract, Event)
]
MATCHING = next(service for service in installed_services() if service.name == "matching")
STRUCTURED = [("content-type", b"application/cloudevents+json")]
PROGRAM = golden(ProgramPublished)
PROFILE = golden(Profile)


def binary(**changed: Any) -> Record:  # attributes of an envelope
    """A record with other attributes than the example's."""
    return record(replace(PROGRAM, **changed))


def structured(**changed: Any) -> Record:  # members of a JSON object
    """A record in structured mode with other members than the example's."""
    return plain(json.dumps(PROGRAM.structured() | changed).encode())


def plain(value: bytes | None, headers: Sequence[tuple[str, bytes]] = STRUCTURED) -> Record:
    """A record of anything."""
    return replace(record(PROGRAM), value=value, headers=headers)


async def handled(bad: Record) -> list[Ending]:
    """What becomes of a record, and then of a good one: both are handled for good."""
    recipient = Recipient(MATCHING)
    endings = [(await recipient.take(message)).ending for message in recipient.records.messages(bad)]
    (message,) = recipient.messages([PROGRAM])
    assert (await recipient.take(message)).ending in (Ending.DONE, Ending.DUPLICATE)
    return endings


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(structured(id="\ud800"), id="half a character in an attribute"),
        pytest.param(structured(id={"a": 1}), id="an attribute that is an object"),
        pytest.param(structured(data={"title": "\ud800"}), id="half a character in the data"),
        pytest.param(structured(specversion=1.0), id="a number for a version"),
        pytest.param(plain(b"[" * 200_000), id="lists without end"),
        pytest.param(plain(b'{"data":' * 100_000), id="objects without end"),
        pytest.param(plain(b'{"specversion":"1.0","data":' + b"9" * 5000 + b"}"), id="a number without end"),
        pytest.param(binary(time="0001-01-01T00:00:00+23:59"), id="a time before all time"),
        pytest.param(binary(time="9999-12-31T23:59:59-23:59"), id="a time after all time"),
        pytest.param(binary(tenant="../etc"), id="no tenant of ours"),
        pytest.param(
            replace(record(replace(PROFILE, tenant="a/b")), value=None), id="a state gone in no tenant of ours"
        ),
        pytest.param(plain(b"{}", [("ce_id", None)]), id="a header without a value"),  # type: ignore[list-item]
        pytest.param(plain(b"\xff\xfe", []), id="no event at all"),
    ],
)
def test_what_is_no_event_becomes_a_dead_letter(bad: Record) -> None:
    recipient = Recipient(MATCHING)
    (message,) = recipient.records.messages(bad)
    assert asyncio.run(recipient.take(message)).ending is Ending.DONE
    assert recipient.store.collections[DeadLetter.collection]


@pytest.mark.parametrize(("service", "contract"), EVENTS)
@pytest.mark.parametrize("data", [b"\xff{", b"{}", b"null", b"[" * 500], ids=str)
def test_data_that_cannot_be_read_is_one_letter_however_many_handlers_want_it(
    service: Service, contract: type[Contract], data: bytes
) -> None:
    recipient = Recipient(service)
    for message in recipient.messages([replace(golden(contract), data=data)] * 2):
        asyncio.run(recipient.take(message))
    assert sum(collection == DeadLetter.collection for collection, _ in recipient.stored()) == 1


@pytest.mark.parametrize("sequence", ["²", "9" * 5000, "9" * 19, "-1", "1.5", "", "many"])
@pytest.mark.parametrize("sent", [PROGRAM, PROFILE], ids=["event", "state"])
def test_a_sequence_that_is_no_number_of_ours_fails_nothing(sequence: str, sent: Any) -> None:
    assert asyncio.run(handled(record(replace(sent, sequence=sequence)))) in ([Ending.DONE], [Ending.DEAD])


HEADERS = st.lists(
    st.tuples(st.sampled_from([*(name for name, _ in PROGRAM.headers()), "ce_other", ""]), st.binary(max_size=40)),
    max_size=20,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=8,
)


@examples(150)
@given(changed=st.dictionaries(st.sampled_from([*PROGRAM.structured(), "data_base64"]), JSON, max_size=3))
@example(changed={"data": {"title": "\ud800"}})
def test_any_change_to_an_event_in_structured_mode_is_handled(changed: dict[str, Any]) -> None:
    asyncio.run(handled(structured(**changed)))


@examples(150)
@given(value=st.none() | st.binary(max_size=60) | st.just(PROGRAM.data), more=HEADERS, keep=st.booleans())
def test_any_record_in_binary_mode_is_handled(value: bytes | None, more: list[tuple[str, bytes]], keep: bool) -> None:
    asyncio.run(handled(plain(value, [*(PROGRAM.headers() if keep else []), *more])))
