"""What one command has caused as a tree: in order of time, how deep, how long each hop took, and what is missing."""

from datetime import UTC, datetime, timedelta

from services.console.operator.hops import DEEPEST, Missing, tree
from services.console.operator.views import Event
from shared.ids import microseconds, uuid7

NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)
COMMAND = "the-command"


def event(name: str, milliseconds: int, cause: str) -> Event:
    """An event that was stored so long after noon."""
    id = uuid7(microseconds(NOON + timedelta(milliseconds=milliseconds)), hash(name) & 0xFFFF)
    return Event(
        id=id, type=name, time=NOON, tenant="acme", subject=f"thing/{name}", correlationid=COMMAND, causationid=cause
    )


def missing(cause: str, service: str = "sessions") -> Missing:
    """Something that should follow what has that id."""
    return Missing(service, cause, "start", NOON, "KeyError", "c1")


def test_what_caused_what_is_below_it_with_the_time_that_it_took() -> None:
    first = event("Asked", 0, COMMAND)
    second = event("Done", 18, first.id)
    third = event("Told", 26, second.id)
    other = event("Noted", 20, first.id)
    grown = tree({"matching": [first, other], "sessions": [second], "notify": [third]}, [])
    shown = [(hop.event.type, hop.depth, hop.begins, hop.ends) for hop in grown.hops if hop.event]
    assert shown == [("Asked", 0, 0, 0), ("Done", 1, 0, 18), ("Told", 2, 18, 26), ("Noted", 1, 0, 20)]
    assert (grown.events, grown.missing, grown.lasted, grown.share(13)) == (4, 0, 26, 0.5)


def test_what_is_missing_stands_where_it_should_follow_and_begins_there() -> None:
    first, second = event("Asked", 0, COMMAND), event("Done", 40, COMMAND)
    grown = tree({"matching": [first, second]}, [missing(second.id), missing("an id that has no event", "notify")])
    shown = [(hop.service, hop.depth, hop.begins, hop.missing is not None) for hop in grown.hops]
    assert shown == [
        ("matching", 0, 0, False),
        ("matching", 0, 0, False),
        ("sessions", 1, 40, True),
        ("notify", 0, 0, True),
    ]
    assert grown.missing == 2


def test_a_long_chain_is_indented_no_further_than_can_be_read_and_a_ring_ends() -> None:
    chain = [event("E0", 0, COMMAND)]
    for number in range(1, 3_000):
        chain.append(event(f"E{number}", number, chain[-1].id))
    grown = tree({"matching": chain}, [])
    assert [hop.depth for hop in grown.hops[:6]] == [0, 1, 2, 3, 4, 4]
    assert (max(hop.depth for hop in grown.hops), grown.events) == (DEEPEST, 3_000)


def test_one_event_alone_takes_no_time() -> None:
    grown = tree({"matching": [event("Asked", 0, COMMAND)]}, [])
    assert (grown.lasted, grown.share(0)) == (0, 0)
