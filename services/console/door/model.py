"""Who is signed in in which browser, and by which tokens the console asks for them."""

from datetime import datetime
from hashlib import sha256

from shared.engine.authoring.aggregate import Aggregate
from shared.ids import PersonId
from shared.sealing import SealedSecret


class Session(Aggregate, name="session"):
    """A person is signed in in one browser. Its id is derived from the secret in the browser's cookie.

    `sealed` are the tokens, which only that secret opens; nothing is left of them once the session is closed.
    """

    person_id: PersonId = PersonId("")
    sealed: SealedSecret | None = None
    expires_at: datetime | None = None
    opened_at: datetime | None = None

    @staticmethod
    def key(secret: str) -> str:
        """The id of the session whose browser has this secret."""
        return sha256(f"session/{secret}".encode()).hexdigest()

    def keep(self, sealed: SealedSecret, expires_at: datetime) -> None:
        """Take the latest tokens; two processes may have renewed them at once, and got the same ones."""
        if self.expires_at is None or expires_at >= self.expires_at:
            self.sealed, self.expires_at = sealed, expires_at

    def close(self) -> None:
        """Forget the tokens."""
        self.sealed = None


class HeldForm(Aggregate, name="held_form"):
    """What somebody has sent and is to send again, once they have shown anew who they are.

    Its id is derived from a secret that their browser has for some minutes, and nothing else opens it.
    """

    person_id: PersonId = PersonId("")
    sealed: SealedSecret | None = None

    @staticmethod
    def key(secret: str) -> str:
        """The id of the form whose browser has this secret."""
        return sha256(f"held/{secret}".encode()).hexdigest()
