"""The door that everybody passes who gets tokens: what it works with, and how it counts those who guess."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request

from services.intake.identity.attempts import WRONG_CREDENTIALS, Attempts
from services.intake.identity.keys import SigningKeys
from services.intake.identity.network import network_of
from services.intake.identity.oauth import OAuthError
from services.intake.identity.tokens import Tokens
from services.intake.memberships.model.membership import Membership
from services.intake.providers.addresses import networks
from services.intake.providers.relying_party import RelyingParty
from services.intake.settings import IntakeSettings
from shared.engine.authoring.reader import Reader
from shared.errors import OrganizationIsSuspended
from shared.web.auth import Caller
from shared.web.commands import CommandSender, SendCommand
from shared.web.document import LOCATION
from shared.web.now import clock_of

NO_STORE = {"Cache-Control": "no-store"}
MADE: dict[int | str, dict[str, Any]] = {201: {"headers": LOCATION}}  # part of a document


@cache
def signing_keys(file: Path) -> SigningKeys:
    """Read the keys in a file, once per process."""
    return SigningKeys(file)


async def tokens(request: Request) -> Tokens:
    """Make what issues this service's tokens."""
    settings: IntakeSettings = request.app.state.settings
    return Tokens(settings, signing_keys(settings.signing_key_file), clock_of(request.app))


Issuing = Annotated[Tokens, Depends(tokens)]


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

    async def person(self, tenant: str, person_id: str) -> Caller:
        """Return somebody with the roles that they have now."""
        found = await self.reader_of(tenant).many(Membership, [person_id])
        membership = found[0] if found else Membership(id=person_id)
        return Caller(tenant, "person", person_id, roles=membership.names, role_changes=membership.change)

    def check_goes_on(self, tenant: str) -> None:
        """Raise `OAuthError` for who has shown the right credential in an organization that is suspended."""
        if self.send.is_suspended(tenant):
            raise OAuthError("unauthorized_client", OrganizationIsSuspended().detail)

    def note_wrong_credential(self) -> None:
        """Count a credential that is none; raises `TooManyAttempts` instead of whatever else would be answered."""
        self.attempts.count(WRONG_CREDENTIALS, self.network)


async def door(request: Request, issuing: Issuing, send: SendCommand) -> Door:
    """Make the door for a request, which needs no token: so what is suspended is looked at here; raises `TryLater`."""
    state = request.app.state
    await state.verifier.refresh()
    if not hasattr(state, "attempts"):
        state.attempts, state.used = Attempts(issuing.clock), dict[str, date]()
        state.relying_party = RelyingParty(
            networks(issuing.settings.provider_networks), issuing.settings.provider_sealer, issuing.clock
        )
    peer = request.client.host if request.client else ""
    network = network_of(peer, request.headers.getlist("x-forwarded-for"), issuing.settings.forwarded_hops)
    reader_of = partial(Reader, state.store)
    return Door(issuing, send, state.attempts, state.used, network, reader_of, state.relying_party)


AtTheDoor = Annotated[Door, Depends(door)]


def intake_itself(tenant: str) -> Caller:
    """Return who sends what only these routes may ask for."""
    return Caller(tenant, "service", "intake")
