"""What takes a sign-in of the last minutes: giving roles, secrets of clients, ways in (step-up, RFC 9470).

Clients and operators are always fresh: each of their tokens, which last five minutes, is given for a secret or for
something that they sign, and there is nobody who could be asked again.
"""

from datetime import UTC, datetime, timedelta

from shared.engine.authoring.grants import ENROLLING
from shared.engine.authoring.links import LINK
from shared.errors import Refusal

FRESH = timedelta(minutes=10)
"""How long a sign-in counts as fresh, whenever the tokens of its session were issued."""
SECONDS = int(FRESH.total_seconds())
NEVER = datetime.max.replace(tzinfo=UTC)


class SignInTooOld(Refusal):
    """The person may ask for this, and has signed in too long ago for it."""

    status = 401

    def __init__(self) -> None:
        minutes = SECONDS // 60
        super().__init__(
            f"This takes a sign-in of the last {minutes} minutes: sign in again, and repeat it with the new token.",
            max_age=SECONDS,
        )
        self.headers = {"WWW-Authenticate": f'Bearer error="insufficient_user_authentication", max_age={SECONDS}'}


def stale_from(kind: str, auth_time: int) -> datetime:
    """Return from when on somebody is no longer fresh, if it is a person: who has signed in at that second."""
    return datetime.fromtimestamp(auth_time, UTC) + FRESH if kind in ("person", ENROLLING, LINK) else NEVER
