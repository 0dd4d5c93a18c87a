"""Defects in what waits: lanes, and those who stand in them."""

from collections.abc import Sequence

import pytest

from shared.engine.coordination.turns import Room
from shared.engine.failures import wakeups
from shared.engine.failures.lanes import Lane, Lanes
from shared.engine.failures.wakeups import Waking


def lanes_without_followers(patch: pytest.MonkeyPatch) -> None:
    """Those behind a parked message do not wait."""
    patch.setattr(Lanes, "must_wait", lambda *_: False)


def heads_not_checked(patch: pytest.MonkeyPatch) -> None:
    """A message is handled though it is no longer the head of its lane."""
    patch.setattr(Lanes, "is_next", lambda *_: True)


def places_for_whoever_comes_first(patch: pytest.MonkeyPatch) -> None:
    """What is due has the places for effects in the order in which it came, whoever it is of."""
    patch.setattr(Room, "_has_room", lambda room, _: room.free > 0)


def refused_for_ever(patch: pytest.MonkeyPatch) -> None:
    """What the database refuses even as a dead letter is tried again, before all that came later."""
    patch.setattr("shared.engine.execution.executor.unnamed", lambda _: ())


def nobody_woken(patch: pytest.MonkeyPatch) -> None:
    """What has come is noted by nobody: those who wait find out when they look the next time."""
    patch.setattr(Waking, "note", lambda *_: None)


def one_page_woken(patch: pytest.MonkeyPatch) -> None:
    """Of all who wait for one thing, only as many are woken as fit into one transaction."""

    async def _wake(self: Waking, names: Sequence[str]) -> None:
        lanes = await self.store.find(Lane.collection, {"state.waiting_for": {"$in": list(names)}}, limit=2)
        writes = [wakeups._due(lane, self.clock()) for lane in lanes]
        await self.store.transact(writes)
        for notify in self.on_committed:
            notify(writes)

    patch.setattr(Waking, "_wake", _wake)


DEFECTS = {
    "nobody woken by what has come": (nobody_woken, range(10)),
    "only one page of lanes woken": (one_page_woken, range(10)),
    "a refused write tried for ever": (refused_for_ever, range(70)),
    "places for whoever comes first": (places_for_whoever_comes_first, range(30)),
    "lanes without followers": (lanes_without_followers, range(60)),
    "a lane's head not checked": (heads_not_checked, range(60)),
}
