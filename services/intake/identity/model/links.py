"""One-time links by which people sign in."""

from datetime import datetime, timedelta

from services.intake.identity.credentials import are_equal
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal

LIFETIME = timedelta(minutes=15)


class LinkNotValid(Refusal):
    """The link was used, has expired, or never existed; the answer does not say which."""

    status = 403

    def __init__(self) -> None:
        super().__init__("This link was used already, has expired or is incomplete: ask for a new one.")


class SignInLink(Aggregate, name="sign_in_link"):
    """A link for one person that works once, within minutes. Only a hash of its secret is kept."""

    person_id: str = ""
    secret_hash: str = ""
    expires_at: datetime | None = None
    used_at: datetime | None = None

    def make(self, person_id: str, secret_hash: str, at: datetime) -> None:
        """Make the link valid for whoever presents its secret in time."""
        self.person_id, self.secret_hash, self.expires_at = person_id, secret_hash, at + LIFETIME

    def use(self, secret_hash: str, at: datetime) -> None:
        """Use the link up; raises `LinkNotValid`, also the second time."""
        if self.expires_at is None or at >= self.expires_at or self.used_at is not None:
            raise LinkNotValid
        if not are_equal(self.secret_hash, secret_hash):
            raise LinkNotValid
        self.used_at = at
