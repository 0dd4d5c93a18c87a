"""Sends people to the provider of their organization, and lets in who comes back from it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, Field, StringConstraints

from services.intake.fields import Slug
from services.intake.identity.attempts import WRONG_CREDENTIALS
from services.intake.identity.commands.provider_sign_in import AnswerUsed, SignInByProvider, UseProviderAnswer
from services.intake.identity.commands.sign_in import SignInOutcome
from services.intake.identity.credentials import are_equal
from services.intake.identity.model.provider_accounts import STATE_LASTS, ProviderSignInRefused, is_open
from services.intake.identity.provider_requests import ProviderRequest, Purpose
from services.intake.identity.routes.door import NO_STORE, Door, intake_itself
from services.intake.identity.routes.sign_in_pages import known_or_new, program_of, set_browser
from services.intake.identity.tokens import SignedIn
from services.intake.providers.examination import TrialReport, judge
from services.intake.providers.model.claims import Claims, describe
from services.intake.providers.model.findings import ProviderFault
from services.intake.providers.model.provider import IdentityProvider
from services.intake.providers.model.role_rules import claimed
from services.intake.providers.relying_party import Keepsake, Returned
from shared.errors import Refusal

GOOD_FOR = int(STATE_LASTS.total_seconds())
METHOD = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
MOST_METHODS = 10
LATEST = 2**33

Parameter = Annotated[str, StringConstraints(max_length=2_000)]


class ProviderNotUsable(Refusal):
    """The provider does not let this person in, or nobody: the sentence says why, and what to do."""

    status = 403

    @classmethod
    def because(cls, fault: ProviderFault) -> "ProviderNotUsable":
        """Return the refusal for a fault."""
        return cls(str(fault), about=fault.finding.about)


class NewProviderSignIn(BaseModel, extra="forbid"):
    """Somebody wants to sign in by the provider of their organization."""

    organization: Slug = Field(description="Where they belong to, such as acme")
    is_fresh: bool = Field(False, description="Whether the provider is to ask them anew who they are")


class SentToProvider(BaseModel):
    """Where the browser goes now."""

    authorization_url: str = Field(description="At the provider; it leads back here")
    browser: str = Field(description="Whoever has it is the browser that went; browsers get it as a cookie, too")
    expires_in: int = Field(description="Seconds until nobody can come back with it")


class ProviderReturn(BaseModel, extra="ignore"):
    """What the provider has added to the address to which it sent the browser back."""

    state: Parameter
    code: Parameter = ""
    iss: Parameter | None = None
    error: Parameter = ""


@dataclass(slots=True, frozen=True)
class Going:
    """A browser that goes to the provider of an organization, known by a cookie if it has one."""

    door: Door
    tenant: str
    cookie: str

    async def send_away(self, purpose: Purpose, is_fresh: bool, response: Response) -> SentToProvider:
        """Return where it goes, and mark it; raises `ProviderNotSet`, `ProviderNotUsable`."""
        browser = known_or_new(self.cookie)
        provider = await provider_of(self.door, self.tenant)
        request = ProviderRequest(self.tenant, self.door.send.new_id())
        keepsake = request.keepsake(purpose, (provider.key, browser), self.door.tokens.settings)
        try:
            url = await self.door.relying_party.address(provider.required, keepsake, is_fresh)
        except ProviderFault as fault:
            raise ProviderNotUsable.because(fault) from None
        set_browser(response, browser, self.door, GOOD_FOR)
        return SentToProvider(authorization_url=url, browser=browser, expires_in=GOOD_FOR)


@dataclass(slots=True, frozen=True)
class Coming:
    """A browser that comes back from the provider of an organization."""

    door: Door
    back: ProviderReturn
    browser: str
    user_agent: str

    async def finish(self, response: Response) -> SignedIn | TrialReport:
        """Let its person in, or show what the provider says of them if that was all; raises a refusal."""
        self.door.attempts.check(WRONG_CREDENTIALS, self.door.network)
        response.headers.update(NO_STORE)
        request, provider, purpose, keepsake = await self._recognized()
        returned = Returned(self.back.code, self.back.iss, self.back.error)
        try:
            claims = await self.door.relying_party.redeem(request.tenant, provider, keepsake, returned)
            if purpose is Purpose.TRIAL:
                return judge(provider, claims)
            return await self._sign_in(request.tenant, provider, claims)
        except ProviderFault as fault:
            if purpose is Purpose.TRIAL:
                return TrialReport.of([fault.finding])
            await self.door.note_wrong_credential()
            raise ProviderNotUsable.because(fault) from None

    async def _recognized(self) -> tuple[ProviderRequest, IdentityProvider, Purpose, Keepsake]:
        """The request that is answered, used up by that; raises `ProviderSignInRefused`."""
        request = ProviderRequest.named_in(self.back.state)
        found = (
            await self.door.reader_of(request.tenant).many(IdentityProvider, [IdentityProvider.ID]) if request else []
        )
        if request is None or not found or found[0].settings is None:
            raise await self.door.refused(ProviderSignInRefused())
        bound_to, settings = (found[0].key, self.browser), self.door.tokens.settings
        for purpose in Purpose:
            keepsake = request.keepsake(purpose, bound_to, settings)
            if are_equal(keepsake.state, self.back.state) and await self._is_first(request):
                return request, found[0], purpose, keepsake
        raise await self.door.refused(ProviderSignInRefused())

    async def _is_first(self, request: ProviderRequest) -> bool:
        if not is_open(request.id, self.door.tokens.clock()):
            return False
        answer = await self.door.send(UseProviderAnswer(request_id=request.id), intake_itself(request.tenant))
        return AnswerUsed.model_validate_json(answer.body).is_new

    async def _sign_in(self, tenant: str, provider: IdentityProvider, claims: Claims) -> SignedIn:
        settings = provider.required
        command = SignInByProvider(
            organization_id=tenant,
            issuer=settings.issuer,
            audience=settings.client_id,
            **describe(claims, settings.domains)._asdict(),
            values=claimed(claims, settings.rules),
            program=program_of(self.user_agent),
            methods=methods_in(claims),
            authenticated_at=authenticated_at(claims, self.door.tokens.clock()),
            lifetime=self.door.tokens.settings.session_lifetime,
        )
        answer = await self.door.send(command, intake_itself(tenant))
        outcome = SignInOutcome.model_validate_json(answer.body)
        if outcome.session is None:
            raise await self.door.refused(ProviderSignInRefused())
        return await self.door.admit(tenant, outcome.person_id, outcome.session)


async def provider_of(door: Door, tenant: str) -> IdentityProvider:
    """Return the provider of an organization; one without settings if there is none."""
    found = await door.reader_of(tenant).many(IdentityProvider, [IdentityProvider.ID])
    return found[0] if found else IdentityProvider(id=IdentityProvider.ID)


def methods_in(claims: Claims) -> tuple[str, ...]:
    """Return by which methods somebody has shown the provider who they are (RFC 8176), as far as it says."""
    stated = claims.get("amr")
    known = (
        [one for one in stated if isinstance(one, str) and METHOD.fullmatch(one)] if isinstance(stated, list) else []
    )
    return tuple(known[:MOST_METHODS])


def authenticated_at(claims: Claims, at: datetime) -> datetime | None:
    """Return when somebody has shown the provider who they are, no later than now; None if it does not say."""
    stated = claims.get("auth_time")
    is_time = isinstance(stated, int | float) and not isinstance(stated, bool) and 0 <= stated <= LATEST
    return min(datetime.fromtimestamp(int(stated), UTC), at) if is_time and stated is not None else None
