"""What a person or a system is told when something is refused."""

import re
from typing import ClassVar


def dashed(name: str) -> str:
    """Write the name of a class as a code, such as `program-not-open`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


class Refusal(Exception):
    """A rule says no. It is an answer, not a failure: it is never retried, parked or counted as an error.

    A subclass names one reason. Its class name gives the stable `code`, `status` is the HTTP status, and the
    message is a sentence that tells the person what to do. `members` are further facts for a program to read.
    """

    status: ClassVar[int] = 409

    def __init__(self, detail: str, **members: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members = members

    @property
    def code(self) -> str:
        """The stable name of the reason, such as `seat-taken`."""
        return dashed(type(self).__name__)

    def problem(self) -> dict[str, object]:
        """Return the refusal as a problem document (RFC 9457)."""
        title = self.code.replace("-", " ").capitalize()
        return self.members | {
            "type": f"urn:ithaca:problem:{self.code}",
            "title": title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }


class NotFound(Refusal):
    """What was named does not exist in this tenant, or not for who asks: nothing tells the two apart."""

    status = 404

    @classmethod
    def of(cls, what: str, id: str) -> "NotFound":
        """Return the refusal for something of that kind and id."""
        return cls(f"There is no {what} {id}.")


class StaleVersion(Refusal):
    """Somebody changed it since it was read."""

    status = 412


class IdempotencyKeyReused(Refusal):
    """The key was used before, with another body."""

    status = 422

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used with another body: take a new key, or the same body.")


class NotAllowed(Refusal):
    """The caller is known and may not do this."""

    status = 403


class OrganizationIsSuspended(Refusal):
    """Nobody of the organization may ask for anything."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "This organization is suspended: nothing of it is lost, and nothing can be asked of it until an operator "
            "resumes it. Its admins have a letter that says why: ask them, or whoever runs this system."
        )


class TryLater(Refusal):
    """The service has more to do than it can take now. `retry_after` in seconds."""

    status = 503

    def __init__(self, detail: str, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TenantLimitReached(TryLater):
    """So much of this tenant waits already that an operator's limit lets no more in; others are let in."""

    status = 429
