"""Whatever people do, in whatever order: no mentor over the seats, nobody matched twice, no request lost."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.matching.model.match import Match, MatchStatus
from services.matching.model.places import SEARCHING, MenteeRequests, MentorSeats
from services.matching.model.pool import PoolEntry, PoolStatus
from shared.contracts.intake import Role
from shared.contracts.matching import MatchDeclined, MatchExpired
from shared.engine.reader import A, Reader
from shared.ids import MatchId
from tests.services.matching.program import (
    accept,
    check_nothing_waits,
    decline,
    of,
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
    """Three mentors with four seats and four mentees, who may have two open requests each."""

    def __init__(self) -> None:
        super().__init__()
        self.scenario = with_people(MENTORS, MENTEES, open_requests=2)

    @rule(mentor=MENTOR, mentee=MENTEE)
    def propose(self, mentor: str, mentee: str) -> None:
        try_to_propose(self.scenario, mentor, mentee)

    @rule()
    def match_the_pool(self) -> None:
        publish(self.scenario, run(self.scenario))
        self.scenario.advance(timedelta(seconds=1))

    @rule(chosen=st.integers(0), side=st.sampled_from(Role))
    def accept(self, chosen: int, side: Role) -> None:
        if match := self.one_of_the_open(chosen):
            accept(self.scenario, MatchId(match.id), getattr(match, f"{side}_application_id"))

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

    @rule(mentor=MENTOR)
    def lose_a_mentor(self, mentor: str) -> None:
        self.scenario.when(withdrawn(mentor, Role.MENTOR))

    @rule(mentee=MENTEE)
    def lose_a_mentee(self, mentee: str) -> None:
        self.scenario.when(withdrawn(mentee, Role.MENTEE))

    @invariant()
    def no_mentor_has_more_mentees_than_seats(self) -> None:
        for seats in self.every(MentorSeats):
            assert len(seats.taken) <= MENTORS[seats.id]
            assert set(seats.taken) == self.matches_of(seats.id, "mentor", accepted=True)
            assert {*seats.open} == self.matches_of(seats.id, "mentor")

    @invariant()
    def no_mentee_is_matched_twice(self) -> None:
        for requests in self.every(MenteeRequests):
            accepted = self.matches_of(requests.id, "mentee", accepted=True)
            assert accepted == {requests.accepted} - {None}
            assert {*requests.open} == self.matches_of(requests.id, "mentee")
            assert not (accepted and requests.open)
            assert len(requests.open) <= 2

    @invariant()
    def no_request_is_lost(self) -> None:
        searches = {row["_id"].split("/")[2] for row in self.scenario.asked()}
        inside = {entry.id for entry in self.every(PoolEntry) if entry.status is PoolStatus.IN}
        for requests in self.every(MenteeRequests):
            if requests.id in inside and not requests.is_settled:
                assert requests.reason
                assert requests.reason != SEARCHING or requests.id in searches
            else:
                assert not requests.reason

    @invariant()
    def nobody_who_has_left_is_asked(self) -> None:
        outside = {entry.id for entry in self.every(PoolEntry) if entry.status is PoolStatus.OUT}
        for match in self.open():
            assert not {match.mentor_application_id, match.mentee_application_id} & outside

    @invariant()
    def nobody_is_asked_again_after_a_no(self) -> None:
        ended = [*of(self.scenario, MatchDeclined), *of(self.scenario, MatchExpired)]
        refused = {(one.mentor_id, one.mentee_id): one.match_id for one in ended}
        for match in self.every(Match):
            pair = match.mentor_id, match.mentee_id
            assert pair not in refused or match.id <= refused[pair]

    @invariant()
    def every_open_match_and_no_other_will_expire(self) -> None:
        assert {*self.scenario.planned()} == {f"expire/{match.id}" for match in self.open()}
        check_nothing_waits(self.scenario)

    def every(self, kind: type[A]) -> list[A]:
        reader = Reader(self.scenario.store, self.scenario.tenant)
        return self.scenario.loop.run_until_complete(reader.every(kind, {}))

    def open(self) -> list[Match]:
        return [match for match in self.every(Match) if match.is_open]

    def one_of_the_open(self, chosen: int) -> Match | None:
        matches = self.open()
        return matches[chosen % len(matches)] if matches else None

    def matches_of(self, id: str, side: str, accepted: bool = False) -> set[str]:
        mine = [match for match in self.every(Match) if getattr(match, f"{side}_application_id") == id]
        return {match.id for match in mine if (match.status is MatchStatus.ACCEPTED if accepted else match.is_open)}

    def teardown(self) -> None:
        self.scenario.loop.close()


People.TestCase.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
test_people = People.TestCase
