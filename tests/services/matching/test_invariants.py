"""Whatever people do, in whatever order: the promises of the service hold."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from services.matching.choices.commands import AddExclusion, PinMatch, RankMentors, UnpinMatch
from services.matching.pool.model.participant import Participant, ParticipantStatus
from services.matching.proposals.commands import AskBack, ExtendProposal, RequestRematch, UnwindMatch
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.next_mentor import ExpireMatch, RemindOfMatch
from shared.contracts.event import Event
from shared.contracts.intake import Role
from shared.ids import ApplicationId, MatchId
from tests.services.matching.program import (
    PROGRAM,
    accept,
    accept_both,
    capacity,
    decline,
    left,
    pair,
    paused,
    profile,
    propose,
    resumed,
    take_part,
    try_to_propose,
    with_people,
    withdrawn,
)
from tests.services.matching.promises import Capacities, Letters, State, check_all
from tests.services.matching.runs.rules import Runs

MENTORS = {"ada": 1, "eve": 2, "flo": 1}
MENTEES = {"ben": 1, "cleo": 1, "dan": 2, "gus": 1}
OPEN_REQUESTS = 2

MENTOR, MENTEE = st.sampled_from([*MENTORS]), st.sampled_from([*MENTEES])
ANYBODY = st.sampled_from([*MENTORS, *MENTEES])
CHOSEN = st.integers(0)


class People(Runs):
    """Three mentors with four seats, and four mentees, each of whom two of the mentors are asked about at first."""

    def __init__(self) -> None:
        super().__init__()
        self.scenario = with_people(MENTORS, [], open_requests=OPEN_REQUESTS)
        for mentee, mentors in MENTEES.items():
            take_part(self.scenario, mentee, Role.MENTEE, mentors=mentors)
        self.capacities, self.letters = Capacities(MENTORS | MENTEES), Letters()
        for mentor, mentee in product(["ada", "eve"], MENTEES):
            propose(self.scenario, mentor, mentee)

    @rule(mentor=MENTOR, mentee=MENTEE)
    def ask(self, mentor: str, mentee: str) -> None:
        answer = try_to_propose(self.scenario, mentor, mentee)
        if answer.status == 201:
            self.chosen.matches.add(json.loads(answer.body)["id"])

    @rule(mentee=MENTEE, mentors=st.lists(MENTOR, min_size=1, unique=True))
    def rank(self, mentee: str, mentors: list[str]) -> None:
        ids = tuple(ApplicationId(mentor) for mentor in mentors)
        mentee_id = ApplicationId(mentee)
        self.scenario.when(RankMentors(program_id=PROGRAM, mentee_application_id=mentee_id, mentor_application_ids=ids))

    @rule(chosen=CHOSEN, side=st.sampled_from(Role))
    def accept(self, chosen: int, side: Role) -> None:
        if match := self.one_of_the_open(chosen):
            accept(self.scenario, MatchId(match.id), getattr(match, f"{side}_application_id"))

    @rule(chosen=CHOSEN)
    def agree(self, chosen: int) -> None:
        if match := self.one_of_the_open(chosen):
            accept_both(self.scenario, MatchId(match.id))

    @rule(chosen=CHOSEN, side=st.sampled_from(Role))
    def decline(self, chosen: int, side: Role) -> None:
        if match := self.one_of_the_open(chosen):
            decline(self.scenario, MatchId(match.id), getattr(match, f"{side}_application_id"))

    @rule(chosen=CHOSEN, side=st.sampled_from(Role), is_message=st.booleans())
    def take_time(self, chosen: int, side: Role, is_message: bool) -> None:
        if match := self.one_of_the_open(chosen):
            match_id, person = MatchId(match.id), getattr(match, f"{side}_id")
            command = AskBack(match_id=match_id, text="Why?") if is_message else ExtendProposal(match_id=match_id)
            answer = self.scenario.when(command, actor=f"person/{person}")
            assert answer.status == (200 if is_message or match.extensions_left else 409)

    @rule(chosen=CHOSEN)
    def unwind(self, chosen: int) -> None:
        if match := self.one_of_the_accepted(chosen):
            self.scenario.when(UnwindMatch(match_id=MatchId(match.id)))

    @rule(chosen=CHOSEN, side=st.sampled_from(Role))
    def ask_for_a_rematch(self, chosen: int, side: Role) -> None:
        if match := self.one_of_the_accepted(chosen):
            person = getattr(match, f"{side}_id")
            self.scenario.when(RequestRematch(match_id=MatchId(match.id)), actor=f"person/{person}")

    @rule(mentor=MENTOR, mentee=MENTEE)
    def keep_apart(self, mentor: str, mentee: str) -> None:
        self.scenario.when(AddExclusion(**pair(mentor, mentee)))

    @rule(mentor=MENTOR, mentee=MENTEE)
    def pin(self, mentor: str, mentee: str) -> None:
        if self.scenario.when(PinMatch(**pair(mentor, mentee))).status == 201:
            self.chosen.pairs.add((mentor, mentee))

    @rule(mentee=MENTEE)
    def unpin(self, mentee: str) -> None:
        self.scenario.when(UnpinMatch(program_id=PROGRAM, mentee_application_id=ApplicationId(mentee)))

    @rule(days=st.integers(1, 7))
    def wait(self, days: int) -> None:
        self.scenario.advance(timedelta(days=days))

    @rule(weeks=st.integers(2, 6))
    def wait_long(self, weeks: int) -> None:
        for _ in range(weeks):
            self.scenario.advance(timedelta(weeks=1))
            self.do_all_that_is_asked_for()
            self.all_holds()

    @rule(chosen=CHOSEN)
    def be_reminded_late(self, chosen: int) -> None:
        matches = [match for match in State(self.scenario).matches if not match.is_open]
        if matches:
            match_id = MatchId(matches[chosen % len(matches)].id)
            self.scenario.when(RemindOfMatch(match_id=match_id))
            self.scenario.when(ExpireMatch(match_id=match_id))

    @rule()
    def do_what_is_asked_for(self) -> None:
        self.scenario.perform()

    @rule(one=ANYBODY, how=st.sampled_from([withdrawn, left]))
    def leave(self, one: str, how: Callable[[str, Role], Event]) -> None:
        self.scenario.when(how(one, role_of(one)))

    @rule(one=ANYBODY)
    def pause(self, one: str) -> None:
        self.scenario.when(paused(one, role_of(one)))

    @rule(one=ANYBODY)
    def resume(self, one: str) -> None:
        self.scenario.when(resumed(one, role_of(one)))

    @rule(one=ANYBODY, places=st.integers(0, 3), is_profile_first=st.booleans())
    def have_room_for(self, one: str, places: int, is_profile_first: bool) -> None:
        if self.scenario.get(Participant, one).status is ParticipantStatus.OUT:
            return
        role = role_of(one)
        places = max(places, 1) if role is Role.MENTEE else places
        stated = {"seats" if role is Role.MENTOR else "mentors": places}
        told = [profile(one, role, **stated), capacity(one, role, places)]
        self.scenario.advance(timedelta(seconds=1))
        for what in told if is_profile_first else reversed(told):
            self.scenario.when(what)
        self.capacities.allowed[one] = places

    @invariant()
    def all_holds(self) -> None:
        check_all(self.scenario, self.capacities, OPEN_REQUESTS, self.chosen, self.letters)

    def one_of_the_open(self, chosen: int) -> Match | None:
        matches = [match for match in State(self.scenario).matches if match.is_open]
        return matches[chosen % len(matches)] if matches else None

    def one_of_the_accepted(self, chosen: int) -> Match | None:
        matches = [match for match in State(self.scenario).matches if match.status is MatchStatus.ACCEPTED]
        return matches[chosen % len(matches)] if matches else None

    def teardown(self) -> None:
        self.scenario.loop.close()


def role_of(one: str) -> Role:
    return Role.MENTOR if one in MENTORS else Role.MENTEE


People.TestCase.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
test_people = pytest.mark.long(People.TestCase)
