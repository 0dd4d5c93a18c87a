"""What holds of matches, seats and requests at every moment, whatever people do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.matching.choices.model import Exclusion
from services.matching.pool.model.participant import Participant, ParticipantStatus
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.model.requests import PAUSED, SEARCHING, MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.contracts.matching import LeftWithoutMatch, MatchAccepted, MatchProposed, MatchUnwound, WaitingEnded
from shared.engine.authoring.reader import Reader
from tests.scenario import Scenario
from tests.services.matching.program import check_nothing_waits, of


@dataclass
class Capacities:
    """How many matches each mentor and mentee may have, and how many they had when that was last looked at."""

    allowed: dict[str, int]
    had: dict[str, int] = field(default_factory=dict)

    def check(self, id: str, count: int) -> None:
        """Who is allowed fewer keeps what is agreed, and gets nothing more."""
        assert count <= max(self.allowed[id], self.had.get(id, 0))
        self.had[id] = count


@dataclass
class Letters:
    """How often each participant was told that there is no match yet, and when, as that was last looked at."""

    had: dict[str, tuple[int, datetime | None]] = field(default_factory=dict)

    def check(self, one: Participant) -> None:
        """Nobody is told more than once, and then once more each month at most."""
        before, last = self.had.get(one.id, (0, None))
        assert one.wait.told - before in {0, 1}
        if one.wait.told > before and last is not None:
            assert one.wait.told_at is not None
            assert one.wait.told_at - last >= timedelta(days=30)
        self.had[one.id] = one.wait.told, one.wait.told_at


@dataclass
class Chosen:
    """Matches that somebody has proposed by hand, and pairs that were pinned: a silence does not bar them."""

    matches: set[str] = field(default_factory=set)
    pairs: set[tuple[str, str]] = field(default_factory=set)


class State:
    """All that is stored."""

    def __init__(self, scenario: Scenario) -> None:
        reader, read = Reader(scenario.store, scenario.tenant), scenario.loop.run_until_complete
        self.now = scenario.now
        self.matches = read(reader.every(Match, {}))
        self.seats = read(reader.every(MentorSeats, {}))
        self.requests = read(reader.every(MenteeRequests, {}))
        self.apart = read(reader.every(Exclusion, {}))
        self.participants = read(reader.every(Participant, {}))
        self.status: Mapping[str, ParticipantStatus] = {entry.id: entry.status for entry in self.participants}
        self.searches = {
            key.split("/")[1] for row in scenario.asked() if (key := own_id(row["_id"])).startswith("next-best/")
        }

    def open_of(self, id: str) -> set[str]:
        """The open matches of a participant."""
        return {match.id for match in self.matches if match.is_open and id in sides(match)}

    def accepted_of(self, id: str) -> set[str]:
        """The accepted matches of a participant."""
        return {match.id for match in self.matches if match.status is MatchStatus.ACCEPTED and id in sides(match)}


def check_all(scenario: Scenario, capacities: Capacities, open_requests: int, chosen: Chosen, letters: Letters) -> None:
    """Every promise of the service about who is asked and matched."""
    state = State(scenario)
    check_seats(state, capacities)
    check_requests(state, capacities, open_requests)
    check_nobody_is_lost(state)
    check_only_who_takes_part_is_asked(state)
    check_those_kept_apart(state)
    check_nobody_is_asked_again(state, scenario, chosen)
    check_waiting(state, scenario)
    for participant in state.participants:
        letters.check(participant)
    check_wishes(state)
    check_timers(state, scenario)
    check_what_was_told(state, scenario)
    check_nothing_waits(scenario)


def check_seats(state: State, capacities: Capacities) -> None:
    """No mentor has more mentees than seats, and none is asked without a free one."""
    for seats in state.seats:
        assert {*seats.accepted} == state.accepted_of(seats.id)
        assert {*seats.open} == state.open_of(seats.id)
        assert not seats.open or seats.has_free(capacities.allowed[seats.id])
        capacities.check(seats.id, len(seats.accepted))


def check_requests(state: State, capacities: Capacities, open_requests: int) -> None:
    """No mentee has more mentors than are wanted, or asks more than the program allows."""
    for requests in state.requests:
        assert {*requests.accepted} == state.accepted_of(requests.id)
        assert {*requests.open} == state.open_of(requests.id)
        assert len(requests.open) <= (open_requests if requests.has_room else 0)
        assert requests.capacity == capacities.allowed[requests.id]
        capacities.check(requests.id, len(requests.accepted))


def check_nobody_is_lost(state: State) -> None:
    """Who was asked, and has room and no request, has a reason; and is looked for, or has paused, if that says so."""
    for requests in state.requests:
        is_in = state.status[requests.id] is not ParticipantStatus.OUT
        is_waiting = is_in and requests.has_room and not requests.open
        assert is_waiting == bool(requests.reason)
        assert requests.reason != SEARCHING or requests.id in state.searches
        assert (requests.reason == PAUSED) == (is_waiting and state.status[requests.id] is ParticipantStatus.PAUSED)


def check_only_who_takes_part_is_asked(state: State) -> None:
    """Who has paused keeps what is agreed; who has left has nothing."""
    for match in state.matches:
        of_both = {state.status[id] for id in sides(match)}
        assert not match.is_open or of_both == {ParticipantStatus.IN}
        assert match.status is not MatchStatus.ACCEPTED or ParticipantStatus.OUT not in of_both


def check_those_kept_apart(state: State) -> None:
    """Two who are kept apart are neither asked nor matched."""
    apart = {frozenset({one.mentor_application_id, one.mentee_application_id}) for one in state.apart}
    together = [match for match in state.matches if match.is_open or match.status is MatchStatus.ACCEPTED]
    assert not apart & {frozenset(sides(match)) for match in together}


def check_nobody_is_asked_again(state: State, scenario: Scenario, chosen: Chosen) -> None:
    """After a no or an early end, two are never proposed again; after a silence, for 30 days only if chosen."""
    over: dict[tuple[str, str], Match] = {}
    matches = {match.id: match for match in state.matches}
    for match in [matches[event.match_id] for event in of(scenario, MatchProposed)]:
        pair = match.mentor_application_id, match.mentee_application_id
        before = over.get(pair)
        if before is not None:
            assert before.status is MatchStatus.EXPIRED
            assert before.closed_at is not None
            lasted = match.proposed_at - before.closed_at
            assert lasted >= timedelta(days=30) or match.id in chosen.matches or pair in chosen.pairs
        if match.status in {MatchStatus.DECLINED, MatchStatus.EXPIRED, MatchStatus.UNWOUND, MatchStatus.ACCEPTED}:
            over[pair] = match


def check_waiting(state: State, scenario: Scenario) -> None:
    """Who waits has nobody to answer to; a mentee for whom nobody was found waits, and is looked for at a time."""
    waits = {one.id: one for one in state.participants if one.is_waiting}
    for id, one in waits.items():
        assert one.status is ParticipantStatus.IN
        assert not state.open_of(id) | state.accepted_of(id)
        assert one.wait.since is not None
    for requests in state.requests:
        if requests.waits_for_mentor and not requests.accepted:
            assert requests.id in waits
            assert scenario.planned()[f"look-again/{requests.id}"] == waits[requests.id].wait.look_at
    ended = [event.application_id for event in of(scenario, WaitingEnded)]
    assert not {*ended} - {event.application_id for event in of(scenario, LeftWithoutMatch)}


def check_wishes(state: State) -> None:
    """Nobody is pinned or ranked who is asked, was in vain, or is kept apart."""
    for requests in state.requests:
        assert not requests.barred(state.now) & {*requests.ranked, *([requests.pinned] if requests.pinned else [])}


def check_timers(state: State, scenario: Scenario) -> None:
    """Of open proposals, those to come; of others, none."""
    due = {f"expire/{match.id}" for match in state.matches if match.is_open}
    for match in state.matches:
        days = [day for day, when in match.reminders.items() if when > state.now]
        due |= {f"remind/{match.id}/{day}" for day in days if match.is_open}
        assert match.expires_at - match.proposed_at in {timedelta(days=7 * weeks) for weeks in (1, 2, 3)}
    assert {timer for timer in scenario.planned() if timer.startswith(("expire/", "remind/"))} == due


def check_what_was_told(state: State, scenario: Scenario) -> None:
    """From what was told, others know who is matched."""
    ended = {event.match_id for event in of(scenario, MatchUnwound)}
    accepted = {event.match_id for event in of(scenario, MatchAccepted)} - ended
    assert accepted == {match.id for match in state.matches if match.status is MatchStatus.ACCEPTED}


def sides(match: Match) -> set[str]:
    """The applications of the two."""
    return {match.mentor_application_id, match.mentee_application_id}


def own_id(row_id: str) -> str:
    """The id that the handler has chosen, without the tenant."""
    return row_id.partition("/")[2]
