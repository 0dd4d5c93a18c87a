"""Defects in what waits: lanes, and those who stand in them."""

import pytest

from shared.engine.coordination.turns import Room
from shared.engine.failures.parking import Parking


def lanes_without_followers(patch: pytest.MonkeyPatch) -> None:
    """Those behind a parked message do not wait."""
    patch.setattr(Parking, "must_wait", lambda *_: False)


def heads_not_checked(patch: pytest.MonkeyPatch) -> None:
    """A message is handled though it is no longer the head of its lane."""
    patch.setattr(Parking, "is_next", lambda *_: True)


def places_for_whoever_comes_first(patch: pytest.MonkeyPatch) -> None:
    """What is due has the places for effects in the order in which it came, whoever it is of."""
    patch.setattr(Room, "_has_place", lambda room, _: room.free > 0)


def refused_for_ever(patch: pytest.MonkeyPatch) -> None:
    """What the database refuses even as a dead letter is tried again, before all that came later."""
    patch.setattr("shared.engine.execution.executor.unnamed", lambda _: ())


DEFECTS = {
    "a refused write tried for ever": (refused_for_ever, 70),
    "places for whoever comes first": (places_for_whoever_comes_first, 30),
    "lanes without followers": (lanes_without_followers, 60),
    "a lane's head not checked": (heads_not_checked, 60),
}
