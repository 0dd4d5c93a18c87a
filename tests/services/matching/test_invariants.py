"""Whatever people do, in whatever order: no mentor over the seats, nobody matched twice, no request lost."""

from datetime import timedelta
from itertools import product

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.matching.model.match import Match, MatchStatus
from services.matching.model.places import SEARCHING, MenteeRequests, MentorSeats
from services.matching.model.pool import PoolEntry, PoolStatus
from shared.contracts.intake import Role
from shared.contracts.matching import MatchDeclined, MatchExpired
from shared.engine.reader import Reader
from shared.ids import MatchId
from tests.scenario import Scenario
from tests.services.matching.program import (
    accept,
    accept_both,
    check_nothing_waits,
    decline,
    of,
    propose,
    publish,
    run,
    try_to_propose,
    with_people,
    withdrawn,
)

MENTORS = {"ada": 1, "eve": 2, "flo": 1}
MENTEES = ["ben", "cleo", "dan", "gus"]

MENTOR, MENTEE = st.sampled_from([*MENTORS]), st.sampled_from(MENTEES)


class People(RuleBasedStateMachine):
    """Three mentors with four seats, and four mentees, each of whom two of the mentors are asked about at first."""

    def __init__(self) -> None:
        super().__init__()
        self.scenario = with_people(MENTORS, MENTEES, open_requests=2)
        for mentor, mentee in product(["ada", "eve"], MENTEES):
            propose(self.scenario, mentor, mentee)

    @rule(mentor=MENTOR, mentee=MENTEE)
    def ask(self, mentor: str, mentee: str) -> None:
        try_to_propose(self.scenario, mentor, mentee)

    @rule()
    def match_the_pool(self) -> None:
        publish(self.scenario, run(self.scenario))
        self.scenario.advance(timedelta(seconds=1))

    @rule(chosen=st.integers(0), side=st.sampled_from(Role))
    def accept(self, chosen: int, side: Role) -> None:
        if match := self.one_of_the_open(chosen):
            accept(self.scenario, MatchId(match.id), getattr(match, f"{side}_application_id"))

    @rule(chosen=st.integers(0))
    def agree(self, chosen: int) -> None:
        if match := self.one_of_the_open(chosen):
            accept_both(self.scenario, MatchId(match.id))

    @rule(chosen=st.integers(0), side=st.sampled_from(Role))
    def decline(self, chosen: int, side: Role) -> None:
        if match := self.one_of_the_open(chosen):
            decline(self.scenario, MatchId(match.id), getattr(match, f"{side}_application_id"))

    @rule(days=st.integers(1, 7))
    def wait(self, days: int) -> None:
        self.scenario.advance(timedelta(days=days))

    @rule()
    def look_for_the_next_best(self) -> None:
        self.scenario.perform()

    @rule(one=st.sampled_from([*MENTORS, *MENTEES]))
    def leave(self, one: str) -> None:
        self.scenario.when(withdrawn(one, Role.MENTOR if one in MENTORS else Role.MENTEE))

    @invariant()
    def all_holds(self) -> None:
        state = State(self.scenario)
        check_seats(state)
        check_requests(state)
        check_nobody_is_lost(state, {row["_id"].split("/")[2] for row in self.scenario.asked()})
        check_nobody_who_has_left_is_asked(state)
        check_nobody_is_asked_again_after_a_no(state, self.scenario)
        assert {*self.scenario.planned()} == {f"expire/{match.id}" for match in state.matches if match.is_open}
        check_nothing_waits(self.scenario)

    def one_of_the_open(self, chosen: int) -> Match | None:
        matches = [match for match in State(self.scenario).matches if match.is_open]
        return matches[chosen % len(matches)] if matches else None

    def teardown(self) -> None:
        self.scenario.loop.close()


class State:
    """All that is stored."""

    def __init__(self, scenario: Scenario) -> None:
        reader, read = Reader(scenario.store, scenario.tenant), scenario.loop.run_until_complete
        self.matches = read(reader.every(Match, {}))
        self.seats = read(reader.every(MentorSeats, {}))
        self.requests = read(reader.every(MenteeRequests, {}))
        entries = read(reader.every(PoolEntry, {"status": PoolStatus.IN}))
        self.inside = {entry.id for entry in entries}

    def open_of(self, id: str) -> set[str]:
        """The open matches of a participant."""
        return {match.id for match in self.matches if match.is_open and id in sides(match)}

    def accepted_of(self, id: str) -> set[str]:
        """The accepted matches of a participant."""
        return {match.id for match in self.matches if match.status is MatchStatus.ACCEPTED and id in sides(match)}


def sides(match: Match) -> set[str]:
    return {match.mentor_application_id, match.mentee_application_id}


def check_seats(state: State) -> None:
    """No mentor has more mentees than seats."""
    for seats in state.seats:
        assert len(seats.taken) <= MENTORS[seats.id]
        assert {*seats.taken} == state.accepted_of(seats.id)
        assert {*seats.open} == state.open_of(seats.id)
        assert not seats.open or seats.has_free(MENTORS[seats.id])


def check_requests(state: State) -> None:
    """No mentee is matched twice, or asks more than the program allows."""
    for requests in state.requests:
        assert {requests.accepted} - {None} == state.accepted_of(requests.id)
        assert {*requests.open} == state.open_of(requests.id)
        assert len(requests.open) <= (0 if requests.accepted else 2)


def check_nobody_is_lost(state: State, searches: set[str]) -> None:
    """Who has neither a mentor nor a request has a reason, and is looked for if the reason says so."""
    for requests in state.requests:
        is_waiting = requests.id in state.inside and not requests.is_settled
        assert is_waiting == bool(requests.reason)
        assert requests.reason != SEARCHING or requests.id in searches


def check_nobody_who_has_left_is_asked(state: State) -> None:
    assert not [match.id for match in state.matches if match.is_open and not sides(match) <= state.inside]


def check_nobody_is_asked_again_after_a_no(state: State, scenario: Scenario) -> None:
    ended: list[MatchDeclined | MatchExpired] = [*of(scenario, MatchDeclined), *of(scenario, MatchExpired)]
    refused = {(one.mentor_id, one.mentee_id): one.match_id for one in ended}
    assert not [m.id for m in state.matches if m.id > refused.get((m.mentor_id, m.mentee_id), m.id)]


People.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
test_people = People.TestCase
