"""The order in which a mentee wants mentors to be asked, before it is sent: it stands in the address of the page."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from services.console.choosing.views import Choice, Ranking

MOST = 20


class Place(NamedTuple):
    """A mentor in the order, with the orders that a step up, down or out leads to."""

    application_id: str
    name: str
    up: str | None
    down: str | None
    out: str


def places(order: Sequence[str], names: dict[str, str]) -> list[Place]:
    """Return the mentors in their order, each with what can be done with them."""
    last = len(order) - 1
    return [
        Place(
            one,
            names.get(one, ""),
            href(_swapped(order, at - 1)) if at else None,
            href(_swapped(order, at)) if at < last else None,
            href([other for other in order if other != one]),
        )
        for at, one in enumerate(order)
    ]


def href(order: Sequence[str]) -> str:
    """Return the address of the page with this order on it; `order=` alone is an empty one."""
    return "?" + urlencode({"order": list(order) or [""]}, doseq=True)


def known(choices: Sequence[Choice], ranking: Ranking, otherwise: str) -> dict[str, str]:
    """Return what the mentors are called, by their applications."""
    ranked = {one.mentor_application_id: ranking.name(one.mentor_id, otherwise) for one in ranking.ranked}
    return ranked | {one.mentor_application_id: one.name(one.mentor_id, otherwise) for one in choices}


def _swapped(order: Sequence[str], at: int) -> list[str]:
    return [*order[:at], order[at + 1], order[at], *order[at + 2 :]]
