"""Topics are made and compared with what they should be, in memory and on Kafka."""

import pytest

from shared.engine.ports.bus import Topic
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.brokers import Broker
from tests.waiting import until


def test_a_topic_that_is_missing_is_named(broker: Broker, run: Run) -> None:
    missing = f"{broker.topic}.more"
    assert run(broker.bus.verify({broker.topic: Topic(3), missing: Topic()})) == [f"topic {missing} is missing"]


def test_topics_that_were_prepared_are_all_there(broker: Broker, run: Run) -> None:
    wanted = {f"{broker.topic}.events": Topic(4), f"{broker.topic}.people": Topic(2, compacted=True)}
    broker.topics.extend(wanted)
    run(broker.bus.prepare(wanted))
    assert run(broker.bus.verify(wanted)) == []
    assert len(run(broker.bus.end(list(wanted)))) == 6


def test_to_prepare_again_changes_nothing(broker: Broker, run: Run) -> None:
    run(broker.publish(10))
    run(broker.bus.prepare({broker.topic: Topic(3)}))
    assert sum(run(broker.bus.end([broker.topic])).values()) == 10


def test_a_topic_that_is_not_as_it_should_be_is_named_with_what_is_wrong(broker: Broker, run: Run) -> None:
    assert run(broker.bus.verify({broker.topic: Topic(12, compacted=True)})) == [
        f"topic {broker.topic} has 3 partitions, not 12",
        f"topic {broker.topic} is not compacted, and should be the opposite",
    ]


def test_topics_that_are_removed_are_gone_and_it_can_be_repeated(broker: Broker, run: Run) -> None:
    for _ in range(2):
        run(broker.bus.remove([broker.topic, "contract.none"]))
    run(until(lambda: is_missing(broker)))


async def is_missing(broker: Broker) -> bool:
    return await broker.bus.verify({broker.topic: Topic(3)}) == [f"topic {broker.topic} is missing"]


def test_a_topic_that_does_not_exist_has_no_end(broker: Broker, run: Run) -> None:
    with pytest.raises(LookupError, match=r"topics contract\.none do not exist"):
        run(broker.bus.end([broker.topic, "contract.none"]))
