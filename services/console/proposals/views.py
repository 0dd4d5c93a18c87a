"""What pages read of matches."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter

from services.console.api import Api, Naming, Shown, at
from services.console.frame.page import Page
from services.console.frame.reader import Reader
from services.console.frame.texts import msgid
from services.console.reasons import Reason

OPEN = ("proposed", "mentor_accepted", "mentee_accepted")
SIDES = ("mentor", "mentee")


class Seats(Shown):
    """A mentor's seats."""

    total: int
    taken: int
    asked: int

    @property
    def free(self) -> int:
        """How many are not taken yet."""
        return max(self.total - self.taken, 0)


class Match(Naming):
    """A match, as its two people see it."""

    id: str
    version: int
    program_id: str
    mentor_id: str
    mentee_id: str
    status: str
    score: float
    expires_at: datetime
    messages: int = 0
    extensions_left: int = 0
    reasons: Sequence[Reason] = ()
    seats: Seats | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.status in OPEN

    def side_of(self, person_id: str) -> str:
        """Return whether a person is the mentor or the mentee."""
        return "mentor" if person_id == self.mentor_id else "mentee"

    def other_of(self, person_id: str) -> str:
        """Return the id of the other one."""
        return self.mentee_id if person_id == self.mentor_id else self.mentor_id

    def waits_for(self, person_id: str) -> bool:
        """Return whether this person has not answered yet."""
        return self.is_open and self.status != f"{self.side_of(person_id)}_accepted"


def other_called(page: Reader, match: Match) -> str:
    """Return what the other one of a match is called, by whoever looks."""
    words = msgid("your mentee") if match.side_of(page.person_id) == "mentor" else msgid("your mentor")
    return match.name(match.other_of(page.person_id), page.say(words))


class Message(Shown):
    """What one of the two has written."""

    by: str
    at: datetime
    text: str


MESSAGES = TypeAdapter(list[Message])


async def messages_of(api: Api, match: Match) -> list[Message]:
    """Return what the two of a match have written to each other before they decided."""
    if not match.messages:
        return []
    said = await api.send("GET", "matching", at("/v1/matches/{}/messages", match.id))
    return MESSAGES.validate_json(said.content)


async def own_matches(page: Page) -> list[Match]:
    """Return all matches of whoever looks, the latest first."""
    found = list[Match]()
    for side in SIDES:
        found += await page.api.every(Match, "matching", f"/v1/people/{page.person_id}/matches", role=side)
    return sorted(found, key=lambda match: match.id, reverse=True)
