"""How often somebody tries: counted by all processes together, for as long as an hour.

What was tried is written where it is counted, and nothing is read for whoever tries nothing: a right credential costs
nothing here. That there was too much each process learns when it counts the next attempt, and then remembers: what
comes after that is refused unseen.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.clock import Clock
from shared.engine.authoring.tallies import Count, Tally
from shared.errors import TryLater
from shared.observe import access

WINDOW = timedelta(hours=1)
REMEMBERED = 10_000
"""Networks, organizations and clients of which it is known that they try too much; the first one goes first."""


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
OPENINGS = Bound("openings", 10)
"""Organizations that are opened, by network."""
OPENINGS_AT_ADDRESS = Bound("openings-at-an-address", 3)
"""By address: each is a mail to it, so that beyond it nothing is opened, and whoever asks is told as always."""
OPENINGS_IN_ALL = Bound("openings-in-all", 300)
"""Whoever opens them: more than that nobody has asked for who means it."""
PROVIDER_TRIALS = Bound("provider-trials", 100)
"""By organization: each trial asks its provider for several things."""
WRONG_SECRETS = Bound("wrong-secrets", 100)
"""Secrets and statements that are none, by the client that they are shown for; who has the right one is let in."""
WRONG_CREDENTIALS = Bound("wrong-credentials", 100)
"""Links, codes, passkeys, secrets and tokens that are none, by network."""
WRONG_CODES = Bound("wrong-codes", 100)
"""By organization: beyond, links and passkeys still let people in, and codes do not."""


LINES_OF_ACCOUNT = Bound("lines-of-an-account", 20)
"""Failed attempts at one account that are on the audit trail."""
LINES_OF_ORGANIZATION = Bound("lines-of-an-organization", 500)
"""Failed attempts at all accounts of an organization that are on its audit trail."""


@dataclass(slots=True)
class Attempts:
    """Counts what is tried, and knows until when too much of it was."""

    tally: Tally
    clock: Clock
    closed: OrderedDict[tuple[str, str], datetime] = field(default_factory=OrderedDict)

    def check(self, bound: Bound, who: str) -> None:
        """Raise `TooManyAttempts` if it is known here that they have tried too often."""
        now, until = self.clock(), self.closed.get((bound.what, who))
        if until is not None and until > now:
            access.refused(bound.what)
            wait = max(1, round((until - now).total_seconds()))
            raise TooManyAttempts("That was too often: try again later.", wait)

    async def count(self, bound: Bound, who: str) -> bool:
        """Count one more, as `note` does; raises `TooManyAttempts` instead if it is known that there were too many."""
        self.check(bound, who)
        return await self.note(bound, who)

    async def is_among_few(self, tenant: str, account: str) -> bool:
        """Count a failed attempt at an account, and return whether it is among the few that are written down."""
        for bound, who in ((LINES_OF_ACCOUNT, f"{tenant}/{account}"), (LINES_OF_ORGANIZATION, tenant)):
            until = self.closed.get((bound.what, who))
            if until is not None and until > self.clock():
                return False
            if (await self._counted(bound, who)).times > bound.times:
                return False
        return True

    async def note(self, bound: Bound, who: str) -> bool:
        """Count one more, and return whether that is as often as they may: what comes next is refused."""
        access.tried(bound.what)
        return (await self._counted(bound, who)).times >= bound.times

    async def _counted(self, bound: Bound, who: str) -> Count:
        """Count one more, and remember if that is as often as they may."""
        counted = await self.tally.add(bound.what, who, bound.times)
        if counted.times >= bound.times:
            self.closed[(bound.what, who)] = counted.first + WINDOW
            self.closed.move_to_end((bound.what, who))
            if len(self.closed) > REMEMBERED:
                self.closed.popitem(last=False)
        return counted
