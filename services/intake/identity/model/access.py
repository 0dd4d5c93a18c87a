"""What people have access by: where they are signed in, and how often they were mailed to."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from services.intake.identity.model.provider_accounts import OtherAccount
from shared.contracts.access import AccessRevoked, PersonResumed, PersonSuspended, RefreshTokenReused
from shared.contracts.departures import OrganizationLeft
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal
from shared.ids import PersonId, moment_of

PER_HOUR = 5
"""Mails to sign in with that one person gets within an hour."""
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
MOST_SESSIONS = 20
"""Of one person; the one that was used longest ago makes room."""
REPEATABLE = timedelta(seconds=30)
"""How long a refresh token that was used may come again, as after an answer that was lost."""
FEDERATED = "fed"
"""The method of who has signed in at their organization's provider, beside those that the provider names."""


BY_MAIL = ("otp",)
BY_PASSKEY = ("pop", "user", "mfa")
"""With a key that is theirs, being there, and unlocking it by something that they know or are (RFC 8176)."""


class AccountMerged(Refusal):
    """Somebody wants to sign in with a card that was merged into another one."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "This account was put together with another one of yours: ask for a new mail, and sign in again."
        )


class Lifetime(BaseModel):
    """How long a session lasts: unused, and at most."""

    idle: timedelta
    longest: timedelta


class Session(BaseModel):
    """A person is signed in in one browser or program.

    `generation` counts its refresh tokens, of which nothing else is kept: they are derived. `signed_in_by` are methods
    of RFC 8176. Access tokens that were issued until `not_before` are revoked. A provider may say that the person was
    `authenticated_at` a moment long before.
    """

    id: str
    program: str
    signed_in_at: datetime
    signed_in_by: tuple[str, ...]
    used_at: datetime
    not_before: datetime | None = None
    generation: int = 1
    authenticated_at: datetime | None = None

    @property
    def shown_at(self) -> datetime | None:
        """When the person has shown who they are; None if only their provider knows, and does not say."""
        return self.authenticated_at if FEDERATED in self.signed_in_by else moment_of(self.id)

    @property
    def is_by_passkey(self) -> bool:
        """Whether the person has signed in with a passkey."""
        return self.signed_in_by == BY_PASSKEY

    def is_over(self, lifetime: Lifetime, at: datetime) -> bool:
        """Whether it was unused for too long, or has lasted long enough."""
        return at >= self.used_at + lifetime.idle or at >= self.signed_in_at + lifetime.longest


class PersonIsSuspended(Refusal):
    """Somebody whom an admin has suspended does not get in."""

    status = 403

    def __init__(self) -> None:
        super().__init__("An admin of your organization has suspended you: ask them to let you in again.")


class HasLeft(Refusal):
    """Somebody who has left does not get in."""

    status = 403

    def __init__(self) -> None:
        super().__init__("You have left this organization: ask an admin of it to let you in again.")


class AccountErased(Refusal):
    """Nobody signs in as somebody of whom nothing is kept."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "What was known of you here is being erased: to take part again, ask an admin to invite you anew."
        )


class SuspendedAlready(Refusal):
    """Somebody is suspended once."""


class PersonNotSuspended(Refusal):
    """Only somebody who is suspended can be let in again."""


class Access(Aggregate, name="access"):
    """What somebody has access by. Its id is how events name who acts, such as `person/0190...`.

    `suspensions` counts how often a person was suspended, has left, or was let in again.
    """

    mailed_at: list[datetime] = []
    sessions: dict[str, Session] = {}
    reuses: int = 0
    is_suspended: bool = False
    suspensions: int = 0
    has_left: bool = False
    is_erased: bool = False
    is_closed: bool = False
    has_come_in: bool = False
    not_before: datetime | None = None
    accounts: dict[str, str] = {}
    """By provider, the account there by which the person signs in."""

    @staticmethod
    def id_of(person_id: str) -> str:
        """The id of a person's access."""
        return f"person/{person_id}"

    @property
    def account_ids(self) -> list[str]:
        """The accounts at providers by which the person signs in."""
        return [*self.accounts.values()]

    def may_be_mailed(self, at: datetime) -> bool:
        """Count a mail to sign in with; returns False if there were enough within the hour."""
        self.mailed_at = [moment for moment in self.mailed_at if moment > at - HOUR]
        if len(self.mailed_at) >= PER_HOUR:
            return False
        self.mailed_at.append(at)
        return True

    def check_lets_in(self) -> None:
        """Raise `PersonIsSuspended`, `HasLeft` or `AccountErased`, however somebody has shown who they are."""
        if self.is_suspended:
            raise PersonIsSuspended
        if self.is_erased:
            raise AccountErased
        if self.has_left:
            raise HasLeft

    def sign_in(self, session: Session, lifetime: Lifetime) -> None:
        """Begin a session; those that are over are forgotten, and the one that was used longest ago makes room.

        Raises `PersonIsSuspended`, `HasLeft`, `AccountErased`, `AccountMerged`.
        """
        self.check_lets_in()
        if self.is_closed:
            raise AccountMerged
        at = session.signed_in_at
        going_on = [one for one in self.sessions.values() if not one.is_over(lifetime, at)]
        latest = sorted(going_on, key=lambda one: one.used_at)[1 - MOST_SESSIONS :]
        session.not_before, self.has_come_in = self.not_before, True
        self.sessions = {one.id: one for one in (*latest, session)}

    def link(self, provider: str, account: str) -> None:
        """Note by which account at a provider the person signs in; raises `OtherAccount` for another one."""
        if self.accounts.setdefault(provider, account) != account:
            raise OtherAccount(
                "Your e-mail address belongs to somebody who signs in by another account at the provider: if you are "
                "the same person, ask an admin to unlink that account, then sign in again."
            )

    def takes_over(self, account: str, other: "Access") -> bool:
        """Sign in by an account of another card of the person, unless they have one at that provider already."""
        (provider,) = (provider for provider, one in other.accounts.items() if one == account)
        return self.accounts.setdefault(provider, account) == account

    def unlink(self) -> None:
        """Forget the accounts by which the person signs in: the next one counts again."""
        self.accounts = {}

    def refresh(self, id: str, generation: int, lifetime: Lifetime, at: datetime) -> Session | None:
        """Exchange a refresh token for its successor, and return the session; None if the token gives nothing.

        The token before the current one may come again for some seconds, as after an answer that was lost, and has the
        same successor.
        """
        session = self.sessions.get(id)
        if session is None or session.is_over(lifetime, at):
            return None
        if generation == session.generation:
            session.generation, session.used_at = generation + 1, at
            return session
        is_repeated = generation == session.generation - 1 and at < session.used_at + REPEATABLE
        return session if is_repeated else None

    def note_reuse(self, id: str, lifetime: Lifetime, at: datetime) -> list[Event]:
        """Report that a refresh token was shown which had been exchanged long before, if its session goes on."""
        session = self.sessions.get(id)
        if session is None or session.is_over(lifetime, at):
            return []
        self.reuses += 1
        return [RefreshTokenReused(**self._whose, session_id=id, times=self.reuses)]

    def suspend(self, at: datetime) -> tuple[PersonSuspended, list[AccessRevoked]]:
        """Let the person in no longer, and end every session; raises `SuspendedAlready`."""
        if self.is_suspended:
            raise SuspendedAlready("This person is suspended already: nothing is left to do.")
        self.is_suspended, self.suspensions = True, self.suspensions + 1
        return PersonSuspended(**self._whose, change=self.suspensions), self.end_all(at)

    def leave(self, at: datetime) -> tuple[OrganizationLeft, list[AccessRevoked]]:
        """Let the person in no longer, who has left, and end every session and every other way in."""
        self.unlink()
        self.has_left, self.suspensions = True, self.suspensions + 1
        return OrganizationLeft(**self._whose, change=self.suspensions), self.end_all(at)

    def erase(self, at: datetime) -> list[AccessRevoked]:
        """Let nobody in as the person any more, of whom nothing is kept, and end every session and other way in."""
        self.unlink()
        self.is_erased = True
        return self.close(at)

    def resume(self) -> PersonResumed:
        """Let the person in again, who was suspended or has left; raises `PersonNotSuspended`."""
        if not (self.is_suspended or self.has_left):
            raise PersonNotSuspended("This person is not suspended, and has not left: nothing is left to do.")
        self.is_suspended, self.has_left, self.suspensions = False, False, self.suspensions + 1
        return PersonResumed(**self._whose, change=self.suspensions)

    def end(self, id: str, at: datetime) -> list[AccessRevoked]:
        """End a session: none of its tokens counts any longer. `at` is the time that tokens go by."""
        if self.sessions.pop(id, None) is None:
            return []
        return [AccessRevoked(access_id=self.id, before=self._latest_issue(at), session_id=id)]

    def end_all(self, at: datetime) -> list[AccessRevoked]:
        """End every session, and have no access token count that was issued until now."""
        self.sessions, self.not_before = {}, self._latest_issue(at)
        return [AccessRevoked(access_id=self.id, before=self.not_before)]

    def close(self, at: datetime) -> list[AccessRevoked]:
        """End every session for good: nobody signs in here any more."""
        self.is_closed = True
        return self.end_all(at)

    def end_tokens(self, at: datetime) -> AccessRevoked:
        """Have no access token count that was issued until now; sessions go on, and get others."""
        self.not_before = self._latest_issue(at)
        for session in self.sessions.values():
            session.not_before = self.not_before
        return AccessRevoked(access_id=self.id, before=self.not_before)

    @property
    def _whose(self) -> dict[str, Any]:  # an id as each of two fields has it
        return {"access_id": self.id, "person_id": PersonId(self.id.partition("/")[2])}

    def _latest_issue(self, at: datetime) -> datetime:
        """When the latest token may say that it was issued: what follows a revocation is of the second after it."""
        return at if self.not_before is None else max(at, self.not_before + SECOND)
