"""The door that everybody passes who gets tokens: what it works with, and how it counts those who guess."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from services.intake.identity import oauth
from services.intake.identity.attempts import WINDOW, WRONG_CREDENTIALS, WRONG_SECRETS, Attempts
from services.intake.identity.commands.sessions import EndSession
from services.intake.identity.commands.watching import NoticeGuessing
from services.intake.identity.credentials import owner
from services.intake.identity.keys import SigningKeys
from services.intake.identity.model.access import Session
from services.intake.identity.model.passkeys import Passkeys
from services.intake.identity.oauth import OAuthError
from services.intake.identity.tokens import SignedIn, Tokens
from services.intake.memberships.model.administration import Administration
from services.intake.memberships.model.membership import Membership
from services.intake.providers.addresses import networks
from services.intake.providers.relying_party import RelyingParty
from services.intake.settings import IntakeSettings
from shared.contracts.access import GuessedAt
from shared.contracts.roles import StaffRole
from shared.engine.authoring.answer import Answer
from shared.engine.authoring.grants import ENROLLING
from shared.engine.authoring.reader import Reader
from shared.engine.authoring.tallies import Tally
from shared.errors import OrganizationIsSuspended, Refusal
from shared.web.auth import Caller
from shared.web.commands import CommandSender, SendCommand
from shared.web.document import LOCATION
from shared.web.network import network_of, seen_from
from shared.web.now import clock_of
from shared.web.trail import drafts

NO_STORE = {"Cache-Control": "no-store"}
MADE: dict[int | str, dict[str, Any]] = {201: {"headers": LOCATION}}  # part of a document


R = TypeVar("R", bound=Refusal)


@cache
def signing_keys(file: Path) -> SigningKeys:
    """Read the keys in a file, once per process."""
    return SigningKeys(file)


async def tokens(request: Request) -> Tokens:
    """Make what issues this service's tokens."""
    settings: IntakeSettings = request.app.state.settings
    return Tokens(settings, signing_keys(settings.signing_key_file), clock_of(request.app))


Issuing = Annotated[Tokens, Depends(tokens)]


class PasskeyNeeded(Refusal):
    """An admin has signed in without the passkey that the organization asks of its admins."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "Admins of your organization sign in with a passkey: sign in again, with yours. If you have lost it, ask "
            "another admin or an operator to remove it; then you sign in as before, and add another one."
        )


@dataclass(slots=True, frozen=True)
class Door:
    """Who knocks, from which network, and what lets them in. `used` says on which day a client was noted last."""

    tokens: Tokens
    send: CommandSender
    attempts: Attempts
    used: dict[str, date]
    network: str
    reader_of: Callable[[str], Reader]
    relying_party: RelyingParty

    async def admit(self, tenant: str, person_id: str, session: Session) -> SignedIn:
        """Issue the tokens of a session to its person, who is signed out if they lack a passkey; raises as `person`."""
        try:
            person = await self.person(tenant, person_id, session.is_by_passkey)
        except PasskeyNeeded:
            await self.send(EndSession(person_id=person_id, session_id=session.id), Caller(tenant, "person", person_id))
            self.note_attempt("sign_in", tenant, f"person/{person_id}")
            raise
        if session.generation == 1:
            drafts.begin_sign_in("sign_in", person)
        return self.tokens.sign_in(person, session)

    async def person(self, tenant: str, person_id: str, is_by_passkey: bool = False) -> Caller:
        """Return somebody with the roles that they have now; raises `PasskeyNeeded`.

        An admin who needs a passkey and has none is let add one, and do nothing else. Who has one shows it.
        """
        reader = self.reader_of(tenant)
        found = await reader.many(Membership, [person_id])
        membership = found[0] if found else Membership(id=person_id)
        if not is_by_passkey and StaffRole.ADMIN in membership.names and await _needs_passkey(person_id, reader):
            passkeys = await reader.many(Passkeys, [Passkeys.id_of(person_id)])
            if passkeys and passkeys[0].all:
                raise PasskeyNeeded
            return Caller(tenant, ENROLLING, person_id)
        return Caller(tenant, "person", person_id, roles=membership.names, role_changes=membership.change)

    def check_goes_on(self, tenant: str) -> None:
        """Raise `OAuthError` for who has shown the right credential in an organization that is suspended."""
        if self.send.is_suspended(tenant):
            raise OAuthError("unauthorized_client", OrganizationIsSuspended().detail)

    async def note_wrong_credential(self) -> None:
        """Count a credential that is none; raises `TooManyAttempts` instead of whatever else would be answered.

        Whoever lets somebody in calls it for what lets nobody in, whatever kind of credential that is.
        """
        await self.attempts.count(WRONG_CREDENTIALS, self.network)

    async def refused(self, refusal: R) -> R:
        """Count a credential that is none, and return what is then raised; see `note_wrong_credential`."""
        await self.note_wrong_credential()
        return refusal

    def note_attempt(self, operation: str, tenant: str, account: str) -> None:
        """Have a failed attempt to get in as somebody who is known on the trail, unless there are many of them."""
        among_few = partial(self.attempts.is_among_few, tenant, account)
        drafts.begin_attempt(operation, tenant, account, among_few)

    async def note_refused_client(self, operation: str, asked: oauth.TokenRequest) -> None:
        """Count what a client has shown that is not its own, tell its admins, and have it on the trail."""
        if await self.attempts.count(WRONG_SECRETS, asked.client_id):
            named = owner(asked.client_id)
            if named is not None:
                await self.notice(named.tenant, GuessedAt.CLIENT, named.id)
        if tried := await oauth.known(asked, self.tokens.settings, self.reader_of):
            self.note_attempt(operation, *tried)

    async def notice(self, tenant: str, guessed_at: GuessedAt, client_key: str = "") -> None:
        """Have those told who run an organization that something was tried there as often as it may be."""
        await self.send(NoticeGuessing(guessed_at=guessed_at, client_key=client_key), intake_itself(tenant))


async def door(request: Request, issuing: Issuing, send: SendCommand) -> Door:
    """Make the door for a request, which needs no token: so what is suspended is looked at here; raises `TryLater`."""
    state = request.app.state
    await state.verifier.refresh()
    if not hasattr(state, "attempts"):
        tally = Tally(state.store, issuing.clock, WINDOW)
        state.attempts, state.used = Attempts(tally, issuing.clock), dict[str, date]()
        state.relying_party = RelyingParty(
            networks(issuing.settings.provider_networks), issuing.settings.provider_sealer, issuing.clock
        )
    hops = issuing.settings.forwarded_hops
    network = network_of(*seen_from(request.scope, hops), hops)
    reader_of = partial(Reader, state.store)
    return Door(issuing, send, state.attempts, state.used, network, reader_of, state.relying_party)


AtTheDoor = Annotated[Door, Depends(door)]


async def _needs_passkey(admin_id: str, reader: Reader) -> bool:
    found = await reader.many(Administration, [Administration.ID])
    return bool(found) and found[0].needs_passkey(admin_id)


def intake_itself(tenant: str) -> Caller:
    """Return who sends what only these routes may ask for."""
    return Caller(tenant, "service", "intake")


def made_id(answer: Answer) -> str:
    """Return the id of what a command has made."""
    id: str = json.loads(answer.body)["id"]
    return id
