"""Every service takes every example that it reacts to, however often and in whatever order it comes."""

import asyncio
from dataclasses import replace
from random import Random

import pytest

from shared.contracts.catalog import every_contract, golden
from shared.contracts.envelope import Envelope
from shared.contracts.event import Contract, Event, State
from shared.documents.flow import received
from shared.engine.authoring.aggregate import Removed
from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.context import NotYet
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message
from shared.engine.consuming.records import Records
from shared.engine.failures.dead_letters import KeepDeadLetter
from shared.installed import installed_services
from tests.contracts.deliveries import Recipient, record, story

SERVICES = [pytest.param(service, id=service.name) for service in installed_services()]
REACTIONS = [
    pytest.param(service, contract, id=f"{service.name}-{contract.about.name}.v{contract.about.version}")
    for service in installed_services()
    for contract in received(service)
]
OF_EVENTS = [reaction for reaction in REACTIONS if issubclass(reaction.values[1], Event)]  # type: ignore[arg-type]
OF_STATES = [reaction for reaction in REACTIONS if issubclass(reaction.values[1], State)]  # type: ignore[arg-type]

WAITING = {"inbox", "lanes", "parked"}
"""Where a message that waits leaves something."""

Kind = type[Contract]


@pytest.mark.parametrize(("service", "contract"), REACTIONS)
def test_every_handler_of_an_event_reads_its_example(service: Service, contract: Kind) -> None:
    example = golden(contract)
    messages = Records(service).messages(record(example))
    assert [message.handler for message in messages] == list(received(service)[contract])
    assert all(message.read() == contract.read(example.data) for message in messages)


@pytest.mark.parametrize(("service", "contract"), OF_EVENTS)
def test_an_event_of_a_later_version_waits_for_handlers_that_know_it(service: Service, contract: Kind) -> None:
    later = replace(golden(contract), type=contract.type_name.rpartition(".")[0] + ".v99")
    messages = Records(service).messages(record(later))
    assert [message.handler for message in messages] == list(received(service)[contract])
    for message in messages:
        with pytest.raises(NotYet, match=r"\.v99 has not come yet"):
            message.read()


@pytest.mark.parametrize(("service", "contract"), OF_STATES)
def test_a_state_without_a_value_is_gone(service: Service, contract: Kind) -> None:
    example = golden(contract)
    for message in Records(service).messages(replace(record(example), value=None)):
        assert message.read() == Removed(subject_id=contract.read(example.data).subject_id)


@pytest.mark.parametrize(("service", "contract"), OF_EVENTS)
def test_an_event_without_a_value_is_a_dead_letter(service: Service, contract: Kind) -> None:
    (message,) = Records(service).messages(replace(record(golden(contract)), value=None))
    assert isinstance(message.body, KeepDeadLetter)


@pytest.mark.parametrize("service", SERVICES)
def test_events_that_a_service_does_not_react_to_are_passed_over(service: Service) -> None:
    strange = replace(golden(every_contract()[0]), type="ithaca.elsewhere.SomethingHappened.v1")
    foreign = [golden(contract) for contract in every_contract() if contract not in received(service)]
    assert [Records(service).messages(record(example)) for example in [strange, *foreign]] == [[]] * (1 + len(foreign))


@pytest.mark.parametrize("service", SERVICES)
def test_in_the_order_of_the_story_every_handler_has_its_effect_once(service: Service) -> None:
    recipient = Recipient(service)
    for message in recipient.messages(story()):
        answer = asyncio.run(twice(recipient, message))
        assert answer.ending is Ending.DONE, f"{message.handler.name}: {answer}"


@pytest.mark.parametrize("service", SERVICES)
def test_out_of_order_a_handler_waits_or_has_its_effect_once_and_never_fails(service: Service) -> None:
    for seed in range(10):
        recipient, waiting = Recipient(service), set[tuple[str, str]]()
        for message in recipient.messages(shuffled(story(), seed)):
            answer, lane = asyncio.run(twice(recipient, message)), (message.handler.name, message.lane)
            if isinstance(answer.error, NotYet):
                waiting.add(lane)
            expected = Ending.PARKED if lane in waiting else Ending.DONE  # behind what waits, the lane waits in order
            assert answer.ending is expected, f"{message.handler.name}: {answer}"


@pytest.mark.parametrize(("service", "contract"), OF_STATES)
def test_an_older_state_does_not_come_back(service: Service, contract: Kind) -> None:
    recipient, newer = Recipient(service), replace(golden(contract), sequence="9")
    (gone,) = recipient.records.messages(replace(record(newer), value=None))
    (older,) = recipient.messages([golden(contract)])
    asyncio.run(recipient.take(gone))
    before = recipient.stored()
    assert asyncio.run(recipient.take(older)).ending is Ending.DONE
    assert recipient.stored() == before


@pytest.mark.parametrize("service", SERVICES)
def test_a_message_that_waits_leaves_nothing_half_done(service: Service) -> None:
    for example in story():
        recipient = Recipient(service)
        for message in recipient.messages([example]):
            before = recipient.stored()
            if asyncio.run(recipient.take(message)).ending is Ending.PARKED:
                assert {name for name, _ in recipient.stored().keys() - before.keys()} <= WAITING


async def twice(recipient: Recipient, message: Message) -> Answer:
    """The answer to the first delivery; the second one must change nothing."""
    answer = await recipient.take(message)
    once = recipient.stored()
    again = await recipient.take(message)
    expected = Ending.DUPLICATE if message.seen else Ending.DONE
    assert again.ending is expected, f"{message.handler.name}: {again}"
    assert recipient.stored() == once, f"{message.handler.name} had an effect twice"
    return answer


def shuffled(examples: list[Envelope], seed: int) -> list[Envelope]:
    """Another order."""
    return Random(seed).sample(examples, len(examples))
