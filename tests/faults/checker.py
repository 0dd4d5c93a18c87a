"""Says what a history breaks of what Ithaca promises. It knows nothing of how services work.

Each promise is a function from a history to sentences, none of them if it is kept.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from tests.faults.history import Command, History, Outcome, Position, Published, distinct

CAUSES = {
    "add": "ContactCard",
    "submit": "ApplicationSubmitted",
    "approve": "ApplicationApproved",
    "withdraw": "ApplicationWithdrawn",
    "propose": "MatchProposed",
}
"""The one event that each kind of command causes in the service that it was sent to."""

DAYS_AWAY = frozenset({"MatchExpired", "MatchAnswerAwaited", "SurveyReminded", "RelationshipAtRisk"})
"""What only happens days after its cause: in a run of minutes, a timer that fired early."""

MADE_HERE = frozenset({"approve", "withdraw"})
"""Commands about an application that was acknowledged before: whoever does not find it has lost it."""

PEOPLE = "people"
WELCOME = "Welcome to "
Promise = Callable[[History], Iterator[str]]


def violations(history: History) -> list[str]:
    """What is broken, a sentence each."""
    return [sentence for promise in PROMISES for sentence in promise(history)]


def what_was_answered_is_true(history: History) -> Iterator[str]:
    """A command that was done has had its effect once, one that was refused none, an unknown one at most one."""
    by_correlation = _by_correlation(history)
    for command in history.commands:
        caused = by_correlation[command.correlation]
        own = [event for event in caused if event.name == CAUSES[command.what]]
        if command.outcome is Outcome.DONE and len(own) != 1:
            yield f"{_named(command)} was acknowledged and has {len(own)} effects"
        elif command.outcome is Outcome.REFUSED and caused:
            yield f"{_named(command)} was refused, and has had effects: {_names(caused)}"
        elif len(own) > 1:
            yield f"{_named(command)} has {len(own)} effects"


def an_answer_is_repeated(history: History) -> Iterator[str]:
    """Whoever asks again under a key is told the same."""
    for command in history.commands:
        answers = {attempt.answer for attempt in command.definite}
        if len(answers) > 1:
            yield f"{_named(command)} was answered in {len(answers)} ways under one key: {sorted(answers)}"


def nothing_acknowledged_is_forgotten(history: History) -> Iterator[str]:
    """What was acknowledged is found by every later command."""
    for command in history.asked(*MADE_HERE):
        if any(attempt.status == 404 for attempt in command.attempts):
            yield f"{_named(command)}: the application was acknowledged, and not found"


def a_refusal_rests_on_what_was(history: History) -> Iterator[str]:
    """A decision that is refused as too late has a rival that may have come first."""
    rivals = defaultdict[str, list[Command]](list)
    for command in history.asked(*MADE_HERE):
        rivals[command.about].append(command)
    for command in history.asked(*MADE_HERE):
        others = (one for one in rivals[command.about] if one is not command)
        if command.outcome is Outcome.REFUSED and not any(
            one.outcome is not Outcome.REFUSED and one.began < command.ended for one in others
        ):
            yield f"{_named(command)} was refused, and nobody had decided before"


def versions_follow_time(history: History) -> Iterator[str]:
    """No version of an aggregate is given twice, and what was known before another was asked for has a lower one."""
    by_subject = defaultdict[str, list[Command]](list)
    for command in history.asked(*MADE_HERE):
        if command.outcome is Outcome.DONE:
            by_subject[command.about].append(command)
    for about, commands in by_subject.items():
        versions = [(command, command.definite[0].version) for command in commands]
        if len({version for _, version in versions}) < len(versions):
            yield f"a version of {about} was given twice: {sorted(version for _, version in versions)}"
        for one, before in versions:
            for other, after in versions:
                if one.ended < other.began and before >= after:
                    yield f"{about} had version {before}, and later {after}"


def an_event_is_one_thing(history: History) -> Iterator[str]:
    """Records with one id are the same event, in the same partition."""
    first = dict[tuple[str, str], Published]()
    for event in history.published:
        known = first.setdefault((event.topic, event.id), event)
        if (known.key, known.name, known.sequence, known.data) != (event.key, event.name, event.sequence, event.data):
            yield f"two events have the id {event.id} on {event.topic}"
        elif known.partition != event.partition:
            yield f"event {event.id} is in partitions {known.partition} and {event.partition} of {event.topic}"


def events_are_in_order(history: History) -> Iterator[str]:
    """For each key of a topic, the sequence of events has no gap and never goes back, once duplicates are dropped."""
    for (topic, key), events in _by_key(history).items():
        if topic != PEOPLE:
            sequences = [event.sequence for event in distinct(events)]
            if sequences != list(range(1, len(sequences) + 1)):
                yield f"the events of {key} on {topic} came as {sequences}"


def the_people_topic_ends_with_the_truth(history: History) -> Iterator[str]:
    """The last record of a key is of the highest sequence, and says who has left that nothing is known of them."""
    gone = {event.subject for event in history.events("ApplicationWithdrawn")}
    for (topic, key), events in _by_key(history).items():
        if topic != PEOPLE:
            continue
        last = events[-1]
        if last.sequence < (highest := max(event.sequence for event in events)):
            yield f"{key} ends with state {last.sequence} on the people topic, though {highest} was there"
        if last.subject in gone and last.data is not None:
            yield f"{key} has left, and the people topic ends with their data"


def other_services_know(history: History) -> Iterator[str]:
    """Matching's pool holds whoever was approved and has not left, and nobody else."""
    if history.pool is None:
        yield "matching could not be asked who is in the pool"
        return
    approved = {event.subject.partition("/")[2] for event in history.events("ApplicationApproved")}
    approved -= {event.subject.partition("/")[2] for event in history.events("ApplicationWithdrawn")}
    if missing := approved - history.pool:
        yield f"{len(missing)} approved are not in the pool: {sorted(missing)[:3]}"
    if unknown := history.pool - approved:
        yield f"{len(unknown)} are in the pool and should not be: {sorted(unknown)[:3]}"


def each_mail_comes_once(history: History) -> Iterator[str]:
    """Whoever was let in and stays is welcomed by one mail; nobody by two different ones."""
    welcomed = defaultdict[str, set[str]](set)
    for mail in history.mails:
        if mail.subject.startswith(WELCOME):
            welcomed[mail.to].add(mail.message_id)
    for address, ids in welcomed.items():
        if len(ids) > 1:
            yield f"{address} was welcomed by {len(ids)} different mails"
    left = {event.subject.partition("/")[2] for event in history.events("ApplicationWithdrawn")}
    for event in history.events("ApplicationApproved"):
        application = event.subject.partition("/")[2]
        if application not in left and not welcomed.get(history.addresses.get(application, "")):
            yield f"application {application} was approved, and no mail says so"


def nothing_happens_early(history: History) -> Iterator[str]:
    """No timer that is days away has fired."""
    for name, count in Counter(event.name for event in history.published if event.name in DAYS_AWAY).items():
        yield f"{count} {name} came days early"


def letters_are_of_what_could_not_be_read(history: History) -> Iterator[str]:
    """Only what was planted is dead, at most once in each service; and it is somewhere."""
    found = Counter((letter.service, (letter.topic, letter.partition, letter.offset)) for letter in history.letters)
    for service, some in _by_service(found).items():
        sound = [place for place in some if place not in history.poison]
        if sound:
            yield f"{service} has {len(sound)} dead letters of what was sound, such as {sound[0]}"
        if doubled := [place for place, count in some.items() if count > 1 and place in history.poison]:
            yield f"{service} has several dead letters of one unreadable record: {doubled[0]}"
    for place in sorted(history.poison - {place for _, place in found}):
        yield f"no service has a dead letter of the unreadable record {place}"


def everything_ends(history: History) -> Iterator[str]:
    """In the end nothing waits, nothing is stuck."""
    yield from history.left


PROMISES: tuple[Promise, ...] = (
    what_was_answered_is_true,
    an_answer_is_repeated,
    nothing_acknowledged_is_forgotten,
    a_refusal_rests_on_what_was,
    versions_follow_time,
    an_event_is_one_thing,
    events_are_in_order,
    the_people_topic_ends_with_the_truth,
    other_services_know,
    each_mail_comes_once,
    nothing_happens_early,
    letters_are_of_what_could_not_be_read,
    everything_ends,
)


def _by_correlation(history: History) -> dict[str, list[Published]]:
    found = defaultdict[str, list[Published]](list)
    for event in distinct(history.published):
        found[event.correlation].append(event)
    return found


def _by_key(history: History) -> dict[tuple[str, str], list[Published]]:
    """The records of each key, in the order of the log."""
    found = defaultdict[tuple[str, str], list[Published]](list)
    for event in sorted(history.published, key=lambda event: (event.topic, event.partition, event.offset)):
        found[event.topic.rpartition(".")[2], event.key].append(event)
    return found


def _by_service(found: Counter[tuple[str, Position]]) -> dict[str, dict[Position, int]]:
    services = defaultdict[str, dict[Position, int]](dict)
    for (service, place), count in found.items():
        services[service][place] = count
    return services


def _named(command: Command) -> str:
    return f"{command.what} {command.about or command.correlation}"


def _names(events: list[Published]) -> str:
    return ", ".join(sorted({event.name for event in events}))
