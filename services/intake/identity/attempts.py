"""How often somebody tries: counted in this process, for as long as an hour.

What must hold whatever the number of processes, such as the tries of one code and the mails to one person, is counted
where it is stored. This keeps floods from one network, or at one organization, from being cheap.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.clock import Clock
from shared.errors import TryLater
from shared.observe import access

WINDOW = timedelta(hours=1)
REMEMBERED = 10_000
"""Networks, organizations and clients that are remembered; the one that tried longest ago goes first."""


class TooManyAttempts(TryLater):
    """Too much was tried for now."""

    status = 429


@dataclass(slots=True, frozen=True)
class Bound:
    """What may be tried how often within the window."""

    what: str
    times: int


SIGN_IN_MAILS = Bound("sign-in-mails", 30)
"""Requests for a mail, by network."""
ORGANIZATION_MAILS = Bound("sign-in-mails-of-an-organization", 1_000)
"""Requests for a mail, by organization."""
PROVIDER_TRIALS = Bound("provider-trials", 100)
"""By organization: each trial asks its provider for several things."""
WRONG_SECRETS = Bound("wrong-secrets", 100)
"""Secrets and statements that are none, by the client that they are shown for; who has the right one is let in."""
WRONG_CREDENTIALS = Bound("wrong-credentials", 100)
"""Links, codes, secrets and tokens that are none, by network."""
WRONG_CODES = Bound("wrong-codes", 100)
"""By organization: beyond, links still let people in, and codes do not."""


@dataclass(slots=True)
class Attempts:
    """When the latest attempts were, by what and by whom."""

    clock: Clock
    latest: OrderedDict[tuple[str, str], deque[datetime]] = field(default_factory=OrderedDict)

    def check(self, bound: Bound, who: str) -> None:
        """Raise `TooManyAttempts` if they have tried too often."""
        now, found = self.clock(), self.latest.get((bound.what, who), deque[datetime]())
        while found and found[0] <= now - WINDOW:
            found.popleft()
        if len(found) >= bound.times:
            access.refused(bound.what)
            wait = found[0] + WINDOW - now
            raise TooManyAttempts("That was too often: try again later.", max(1, round(wait.total_seconds())))

    def count(self, bound: Bound, who: str) -> None:
        """Remember one more; raises `TooManyAttempts` instead if there were too many."""
        self.check(bound, who)
        self.note(bound, who)

    def note(self, bound: Bound, who: str) -> None:
        """Remember that they have tried."""
        access.tried(bound.what)
        found = self.latest.setdefault((bound.what, who), deque(maxlen=bound.times))
        found.append(self.clock())
        self.latest.move_to_end((bound.what, who))
        if len(self.latest) > REMEMBERED:
            self.latest.popitem(last=False)
