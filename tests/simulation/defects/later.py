"""Defects in what waits: lanes, and those who stand in them."""

import pytest

from shared.engine.parking import Parking


def lanes_without_followers(patch: pytest.MonkeyPatch) -> None:
    """Those behind a parked message do not wait."""
    patch.setattr(Parking, "must_wait", lambda *_: False)


def heads_not_checked(patch: pytest.MonkeyPatch) -> None:
    """A message is handled though it is no longer the head of its lane."""
    patch.setattr(Parking, "is_next", lambda *_: True)


DEFECTS = {
    "lanes without followers": (lanes_without_followers, 60),
    "a lane's head not checked": (heads_not_checked, 60),
}
