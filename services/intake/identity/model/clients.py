"""Other systems that act in a tenant."""

from services.intake.identity.credentials import are_equal, hashed
from shared.engine.authoring.aggregate import Aggregate


class Client(Aggregate, name="client"):
    """A system with credentials of its own. Only a hash of its secret is kept."""

    name: str = ""
    secret_hash: str = ""

    def register(self, name: str, secret_hash: str) -> None:
        """Register the system: it can get tokens from now on."""
        self.name, self.secret_hash = name, secret_hash

    def has_secret(self, secret: str) -> bool:
        """Whether that is its secret."""
        return are_equal(self.secret_hash, hashed(secret))
