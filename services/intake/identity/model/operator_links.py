"""Links by which operators sign in on pages: whoever has the deployment's secret makes one, and opens it."""

from datetime import datetime, timedelta

from services.intake.identity.credentials import hashed
from services.intake.identity.model.access import Lifetime
from shared.engine.authoring.aggregate import Aggregate

GOOD_FOR = timedelta(minutes=5)
LIFETIME = Lifetime(idle=timedelta(hours=1), longest=timedelta(hours=12))
"""How long an operator stays signed in on pages: not as long as people do."""


class OperatorLink(Aggregate, name="operator_link"):
    """A link that signs an operator in, once, within minutes. Its secret is derived from its id, and not kept."""

    expires_at: datetime | None = None
    used_at: datetime | None = None

    def make(self, at: datetime) -> None:
        """Let it be used from now on."""
        self.expires_at = at + GOOD_FOR

    def is_open(self, at: datetime) -> bool:
        """Whether it still signs somebody in."""
        return self.used_at is None and self.expires_at is not None and at < self.expires_at

    def use(self, at: datetime) -> bool:
        """Use it up; returns False if it signs nobody in."""
        if not self.is_open(at):
            return False
        self.used_at = at
        return True


def access_id(operator: str, secret: str) -> str:
    """Return the id of what an operator has access by: with another secret of the deployment it is another one."""
    return f"operator/{operator}/{hashed(secret)[:16]}"
