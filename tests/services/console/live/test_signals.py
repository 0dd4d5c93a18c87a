"""Which events make signals, and who hears them."""

import pytest

from services.console.live.signals import ACCESS, EVENTS, NAMES, SIGNAL_OF, Audience
from shared.contracts.access import AddressChangeRequested, RefreshTokenReused, SignInGuessed, SignInRequested
from shared.contracts.clock import ClockAdvanced
from shared.contracts.departures import (
    ErasureRequested,
    ForgottenByEvaluation,
    ForgottenByMatching,
    ForgottenByNotify,
    ForgottenBySessions,
)
from shared.contracts.notify import ReminderFired
from shared.installed import installed_services
from shared.web.auth import Caller

SILENT = {
    AddressChangeRequested,
    ClockAdvanced,
    ErasureRequested,
    ForgottenByEvaluation,
    ForgottenByMatching,
    ForgottenByNotify,
    ForgottenBySessions,
    RefreshTokenReused,
    ReminderFired,
    SignInGuessed,
    SignInRequested,
}
"""Events of which no page shows anything."""


def test_every_event_makes_a_signal_or_is_known_to_make_none() -> None:
    told = {event for service in installed_services() for event in service.emits}
    assert told - SIGNAL_OF.keys() - SILENT == set(), "add them to EVENTS of services/console/live/signals.py"
    assert SIGNAL_OF.keys() & SILENT == set()
    assert len(SIGNAL_OF) == sum(map(len, EVENTS.values())), "an event makes one signal"


@pytest.mark.parametrize(
    ("roles", "heard"),
    [
        ({"admin"}, set(NAMES)),
        ({"manager:p"}, set(NAMES)),
        ({"manager:other"}, {"programs"}),
        ({"lead:p"}, {"applications", "matches", "programs", "relationships", "runs", "sessions", "waiting"}),
        ({"reviewer:p"}, {"applications", "programs"}),
        (set(), {"programs"}),
    ],
)
def test_signals_of_a_program_are_heard_by_those_who_may_see_what_they_are_about(
    roles: set[str], heard: set[str]
) -> None:
    caller = Caller("acme", "person", "ada", frozenset(roles))
    assert {name for name in NAMES if Audience("acme", name, "p", ("ben",)).has(caller)} == heard
    assert not any(Audience("other", name, "p", ("ada",)).has(caller) for name in (*NAMES, ACCESS))


def test_people_hear_what_concerns_themselves_and_a_suspended_organization_concerns_all() -> None:
    caller = Caller("acme", "person", "ada")
    assert Audience("acme", "matches", "p", ("ada", "ben")).has(caller)
    assert Audience("acme", ACCESS).has(caller)
    assert not Audience("acme", ACCESS, people=("ben",)).has(caller)
