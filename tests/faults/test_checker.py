"""The checker finds nothing in a sound history, and each violation in one that has just that."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.checker import violations
from tests.faults.history import STILL_AT_WORK, Attempt, Command, History, Letter, Mail, Published


def done(what: str, about: str, began: float, id: str = "", version: int = 1) -> Command:
    """A command that was acknowledged a tenth of a second later."""
    return Command(what, about, f"c-{what}-{began}", [Attempt(began, began + 0.1, 200, id=id, version=version)])


def event(
    command: Command, topic: str, name: str, subject: str, sequence: int, data: bytes | None = b"{}"
) -> Published:
    """What a command causes."""
    id = f"{name}-{subject}-{sequence}"
    key = f"acme/{subject}"
    return Published(f"faults.{topic}", 0, 0, key, id, name, subject, sequence, command.correlation, data)


def sound() -> History:
    """Ada comes in and is approved, by two at once; Bob has left again; both were proposed to each other in vain."""
    history = History(addresses={"a1": "ada@example.org", "b1": "bob@example.org"}, pool=frozenset({"a1"}))
    records = list[Published]()
    for person, application in (("ada", "a1"), ("bob", "b1")):
        start = len(history.commands) * 10.0
        add = done("add", "", start, person)
        submit = done("submit", "", start + 1, application)
        approve = done("approve", application, start + 2, application, 2)
        late = Command("approve", application, f"late-{application}", [Attempt(start + 2, start + 3, 409, "decided")])
        history.commands += [add, submit, approve, late]
        records += [
            event(add, "people", "ContactCard", f"person/{person}", 1),
            event(submit, "intake", "ApplicationSubmitted", f"application/{application}", 1),
            event(submit, "people", "Profile", f"application/{application}", 1),
            event(approve, "intake", "ApplicationApproved", f"application/{application}", 2),
        ]
        history.mails.append(Mail(f"<{application}>", history.addresses[application], "Welcome to Faults"))
    withdraw = done("withdraw", "b1", 90.0, "b1", 3)
    unknown = Command(
        "propose",
        "",
        "lost",
        [Attempt(95.0, 96.0, 0), Attempt(97.0, 98.0, 503), Attempt(99.0, 99.5, 409, STILL_AT_WORK)],
    )
    history.commands += [withdraw, unknown]
    records += [
        event(withdraw, "intake", "ApplicationWithdrawn", "application/b1", 3),
        event(withdraw, "people", "Profile", "application/b1", 3, None),
    ]
    history.published = [replace(record, offset=offset) for offset, record in enumerate(records)]
    history.published.append(replace(history.published[1], offset=len(records)))  # a relay sends again what it has sent
    history.poison = {("faults.intake", 0, 77)}
    history.letters = [Letter("matching", "faults.intake", 0, 77, "")]
    return history


def command_of(history: History, what: str, about: str = "a1") -> Command:
    """The first one of that kind about an application."""
    return next(command for command in history.commands if command.what == what and command.about in (about, ""))


def remove(history: History, name: str) -> None:
    """Lose the first event with that name, wherever it was sent."""
    lost = next(one.id for one in history.published if one.name == name)
    history.published = [one for one in history.published if one.id != lost]


def again(history: History, original: str, **changes: object) -> None:
    """Publish the first event with that name once more, changed, at the end."""
    first = next(one for one in history.published if one.name == original)
    history.published.append(replace(first, offset=100, **changes))  # type: ignore[arg-type]  # fields of any type


def lost_effect(history: History) -> None:
    remove(history, "ContactCard")


def doubled_effect(history: History) -> None:
    again(history, "ContactCard", id="another", sequence=2)


def effect_of_a_refused_command(history: History) -> None:
    late = next(command for command in history.commands if command.correlation == "late-a1")
    again(history, "ApplicationApproved", id="another", sequence=3, correlation=late.correlation)


def two_effects_of_an_unknown_command(history: History) -> None:
    for sequence in (1, 2):
        again(
            history,
            "ApplicationSubmitted",
            id=f"m{sequence}",
            name="MatchProposed",
            correlation="lost",
            key="acme/m",
            sequence=sequence,
        )


def another_answer_under_one_key(history: History) -> None:
    command_of(history, "approve").attempts.append(Attempt(50.0, 50.1, 200, id="a1", version=3))


def acknowledged_and_not_found(history: History) -> None:
    command_of(history, "approve").attempts[0] = Attempt(2.0, 2.1, 404, "not-found")
    remove(history, "ApplicationApproved")
    history.pool = frozenset()


def refused_though_nobody_had_decided(history: History) -> None:
    first = command_of(history, "approve")
    first.attempts[0] = Attempt(2.0, 2.1, 409, "decided")
    remove(history, "ApplicationApproved")
    history.pool = frozenset()


def a_version_twice(history: History) -> None:
    command_of(history, "withdraw", "b1").attempts[0] = Attempt(90.0, 90.1, 200, id="b1", version=2)


def a_version_that_goes_back(history: History) -> None:
    command_of(history, "withdraw", "b1").attempts[0] = Attempt(90.0, 90.1, 200, id="b1", version=1)


def two_events_with_one_id(history: History) -> None:
    again(history, "ApplicationSubmitted", data=b'{"other":1}')


def an_event_in_two_partitions(history: History) -> None:
    again(history, "ApplicationSubmitted", partition=1)


def out_of_order(history: History) -> None:
    one, other = (n for n, e in enumerate(history.published[:4]) if e.topic == "faults.intake")
    first, second = history.published[one], history.published[other]
    history.published[one], history.published[other] = replace(second, offset=one), replace(first, offset=other)
    history.published.pop()  # the repetition would be the first one now


def a_gap_in_the_order(history: History) -> None:
    number = next(n for n, e in enumerate(history.published) if e.name == "ApplicationWithdrawn")
    history.published[number] = replace(history.published[number], sequence=4)


def an_older_state_at_the_end(history: History) -> None:
    card = next(e for e in history.published if e.name == "ContactCard")
    newer = replace(card, id="newer", sequence=2, offset=100, correlation="of-something-else")
    history.published += [newer, replace(card, offset=101)]


def data_of_who_has_left(history: History) -> None:
    gone = next(n for n, e in enumerate(history.published) if e.data is None)
    history.published[gone] = replace(history.published[gone], data=b"{}")


def missing_in_the_pool(history: History) -> None:
    history.pool = frozenset()


def left_and_in_the_pool(history: History) -> None:
    history.pool = frozenset({"a1", "b1"})


def matching_does_not_answer(history: History) -> None:
    history.pool = None


def a_mail_that_never_came(history: History) -> None:
    del history.mails[0]


def two_mails_for_one_thing(history: History) -> None:
    history.mails.append(replace(history.mails[0], message_id="<another>"))


def a_timer_that_fired_early(history: History) -> None:
    again(history, "ContactCard", id="x", name="MatchExpired", key="acme/match/m1", topic="faults.matching")


def a_letter_of_what_was_sound(history: History) -> None:
    history.letters.append(Letter("notify", "faults.evaluation", 0, 1, ""))


def two_letters_of_one_record(history: History) -> None:
    history.letters.append(history.letters[0])


def an_unreadable_record_that_is_nowhere(history: History) -> None:
    history.letters.clear()


def something_stuck(history: History) -> None:
    history.left.append("notify has 3 messages in lanes")


BROKEN: dict[Callable[[History], None], str] = {
    lost_effect: "was acknowledged and has 0 effects",
    doubled_effect: "was acknowledged and has 2 effects",
    effect_of_a_refused_command: "was refused, and has had effects",
    two_effects_of_an_unknown_command: "has 2 effects",
    another_answer_under_one_key: "was answered in 2 ways",
    acknowledged_and_not_found: "was acknowledged, and not found",
    refused_though_nobody_had_decided: "nobody had decided before",
    a_version_twice: "was given twice",
    a_version_that_goes_back: "had version 2, and later 1",
    two_events_with_one_id: "two events have the id",
    an_event_in_two_partitions: "is in partitions 0 and 1",
    out_of_order: "came as [2, 1]",
    a_gap_in_the_order: "came as [1, 2, 4]",
    an_older_state_at_the_end: "ends with state 1",
    data_of_who_has_left: "ends with their data",
    missing_in_the_pool: "are not in the pool",
    left_and_in_the_pool: "are in the pool and should not be",
    matching_does_not_answer: "could not be asked",
    a_mail_that_never_came: "no mail says so",
    two_mails_for_one_thing: "welcomed by 2 different mails",
    a_timer_that_fired_early: "came days early",
    a_letter_of_what_was_sound: "of what was sound",
    two_letters_of_one_record: "several dead letters of one",
    an_unreadable_record_that_is_nowhere: "no service has a dead letter",
    something_stuck: "messages in lanes",
}


def test_a_sound_history_breaks_no_promise() -> None:
    assert violations(sound()) == []


@pytest.mark.parametrize("breakage", BROKEN, ids=lambda breakage: breakage.__name__)
def test_a_history_with_one_violation_is_found_out(breakage: Callable[[History], None]) -> None:
    history = sound()
    breakage(history)
    assert any(BROKEN[breakage] in sentence for sentence in violations(history)), violations(history)
