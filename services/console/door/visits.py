"""Who looks at a page: the session that the browser's cookie names, with tokens that still count."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from starlette.datastructures import State

from services.console.api import Api, ServiceProblem
from services.console.door.browser_keys import tenant_of
from services.console.door.commands import CloseSession, KeepTokens, OpenSession
from services.console.door.model import Session
from services.console.door.seal import Tokens, new_secret, seal, unseal
from shared.clock import Clock
from shared.engine.authoring.reader import Reader
from shared.errors import OrganizationIsSuspended
from shared.ids import PersonId
from shared.web.auth import Caller, TokenRefused, Verifier
from shared.web.commands import CommandSender
from shared.web.trail.drafts import DEPLOYMENT

SERVER_ERRORS = 500
"""From this status on it is the service that has failed, and not what it was asked."""
SUSPENDED = "unauthorized_client"
"""What is said to a token of an organization that is suspended (RFC 6749, 5.2)."""
AHEAD = timedelta(seconds=30)
"""So long before a token expires, the next one is got."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session, and the token by which the person is known to all services."""

    session_id: str
    caller: Caller
    access_token: str


@dataclass(frozen=True, slots=True)
class Sessions:
    """Opens, renews and closes the sessions of browsers, each of which has its key."""

    state: State
    clock: Clock
    api: Api

    async def of(self, key: str) -> SignedIn | None:
        """Return who is signed in with this key of a browser; None for nobody, or no longer."""
        session, tokens = await self._found(key)
        if session is None or tokens is None:
            return None
        tenant, _, secret = key.partition(".")
        return await self._counting(session, tokens, tenant, secret)

    async def open(self, tokens: Tokens) -> tuple[str, Caller]:
        """Open a session for whoever has got these tokens; return the key for their browser, and who they are."""
        verifier: Verifier = self.state.verifier
        caller = (await verifier.check(tokens.access_token.encode())).caller
        secret = new_secret()
        command = OpenSession(
            session_id=Session.key(secret),
            person_id=PersonId(caller.subject),
            sealed=seal(tokens, secret),
            expires_at=self._expiry(tokens),
        )
        tenant = caller.tenant or DEPLOYMENT
        await self._send(command, tenant, caller.subject)
        return f"{tenant}.{secret}", caller

    async def end(self, key: str) -> None:
        """Close the session of a key: its tokens are forgotten here in any case, and taken back."""
        session, tokens = await self._found(key)
        if session is None or tokens is None:
            return
        await self._send(CloseSession(session_id=session.id), tenant_of(key), session.person_id)
        await self.api.send("POST", "intake", "/oauth/revoke", data={"token": tokens.refresh_token})

    async def _found(self, key: str) -> tuple[Session | None, Tokens | None]:
        """The session of a key, with its tokens if it goes on."""
        tenant, secret = tenant_of(key), key.partition(".")[2]
        found = await Reader(self.state.store, tenant).many(Session, [Session.key(secret)]) if tenant else []
        sealed = found[0].sealed if found else None
        return (found[0], unseal(sealed, secret)) if sealed else (None, None)

    async def _counting(self, session: Session, tokens: Tokens, tenant: str, secret: str) -> SignedIn | None:
        """The session with a token that counts for a while: this one, or the next."""
        verifier: Verifier = self.state.verifier
        is_late = session.expires_at is None or session.expires_at <= self.clock() + AHEAD
        if not is_late:
            try:
                known = await verifier.check(tokens.access_token.encode())
                return SignedIn(session.id, known.caller, tokens.access_token)
            except TokenRefused:
                pass  # taken back, as when roles change: the next one says which there are
        renewed = await self._renewed(session, tokens, tenant)
        if renewed is None:
            return None
        known = await verifier.check(renewed.access_token.encode())
        sealed, expiry = seal(renewed, secret), self._expiry(renewed)
        command = KeepTokens(session_id=session.id, sealed=sealed, expires_at=expiry)
        await self._send(command, tenant, session.person_id)
        return SignedIn(session.id, known.caller, renewed.access_token)

    async def _renewed(self, session: Session, tokens: Tokens, tenant: str) -> Tokens | None:
        """The next tokens; None if the session is over.

        Raises `ServiceProblem` if that cannot be said now, and `OrganizationIsSuspended`: then it goes on later.
        """
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
        try:
            answer = await self.api.send("POST", "intake", "/oauth/token", data=form)
        except ServiceProblem as problem:
            if problem.code == SUSPENDED:
                raise OrganizationIsSuspended from None
            if problem.status_code == HTTPStatus.TOO_MANY_REQUESTS or problem.status_code >= SERVER_ERRORS:
                raise
            await self._send(CloseSession(session_id=session.id), tenant, session.person_id)
            return None
        return Tokens.model_validate_json(answer.content)

    def _expiry(self, tokens: Tokens) -> datetime:
        return (self.clock() + timedelta(seconds=tokens.expires_in)).astimezone(UTC)

    async def _send(self, command: OpenSession | KeepTokens | CloseSession, tenant: str, person_id: str) -> None:
        send: CommandSender = self.state.send
        await send(command, Caller(tenant, "person", person_id))
