"""Tries a provider out: each step for which nobody has to sign in, and what claims would make of somebody."""

from collections.abc import Iterable
from typing import Self
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, Field

from services.intake.providers.documents import PATH, Discovery, read_keys
from services.intake.providers.model.claims import Claims, describe, shown
from services.intake.providers.model.findings import Finding, ProviderFault
from services.intake.providers.model.provider import ClientMethod, IdentityProvider
from services.intake.providers.model.role_rules import claimed, findings
from services.intake.providers.outbound import Answered
from services.intake.providers.provider_tokens import CLOCKS, LEEWAY
from services.intake.providers.relying_party import REMEDIES, Keepsake, RelyingParty, authorization_url

NO_CODE = "a-code-that-nobody-was-given"
NOT_US = {"invalid_client", "unauthorized_client"}
ASKS_WHO = {"login_required", "interaction_required", "consent_required", "account_selection_required"}
"""What a provider answers that knows us, when nobody is signed in there."""


class TrialReport(BaseModel):
    """What was tried, in its order, and whether people can sign in as far as that is known."""

    is_usable: bool = Field(description="Whether nothing was found that keeps people from signing in")
    is_reachable: bool = Field(description="Whether people can be sent to the provider")
    findings: list[Finding]
    roles: list[str] = Field([], description="Which roles the claims give, where there were some")
    redirect_uri: str = Field("", description="What must be registered at the provider, letter by letter")
    sign_in_url: str | None = Field(None, description="Where to sign in at the provider to see what it says of you")

    @classmethod
    def of(cls, found: list[Finding], roles: Iterable[str] = (), is_reachable: bool = False) -> Self:
        """Report what was found; that somebody has no role is nothing that keeps them out."""
        return cls(
            is_usable=not any(one.keeps_out for one in found),
            is_reachable=is_reachable,
            findings=found,
            roles=sorted(roles),
        )


def judge(provider: IdentityProvider, claims: Claims) -> TrialReport:
    """Report what would become of somebody of whom a provider says this."""
    settings, rules = provider.required, provider.required.rules
    try:
        email = describe(claims, settings.domains).email
        found = [Finding.fine("claim email", f"{email} is a verified address that may sign in.")]
    except ProviderFault as fault:
        found = [fault.finding]
    roles = provider.roles(claimed(claims, rules))
    return TrialReport.of([*found, *findings(claims, rules)], [one.name for one in roles])


async def examine(
    party: RelyingParty, tenant: str, provider: IdentityProvider, redirect_uri: str, claims: Claims | None
) -> TrialReport:
    """Report what is found of a provider, up to the first step without which there is no next one."""
    judged = judge(provider, claims) if claims is not None else TrialReport.of([])
    found, is_reachable = list[Finding](), False
    try:
        discovery = await _discover(party, provider, found)
        is_reachable = True
        found.append(await _keys(party, discovery))
        found.append(_method(provider, discovery))
        found.append(await _client(party, tenant, provider, discovery))
        found.append(await _redirect(party, provider, discovery, redirect_uri))
    except ProviderFault as fault:
        found.append(fault.finding)
    report = TrialReport.of([*found, *judged.findings], judged.roles, is_reachable)
    return report.model_copy(update={"redirect_uri": redirect_uri})


async def _discover(party: RelyingParty, provider: IdentityProvider, found: list[Finding]) -> Discovery:
    """What the provider says of itself now, which everybody gets from now on."""
    issuer, documents = provider.required.issuer, party.documents
    documents.forget(issuer)
    answer = await party.outbound.get("issuer", issuer + PATH)
    discovery = documents.read(answer, issuer)
    found.append(Finding.fine("issuer", f"{issuer} says what it is."))
    found.append(_clock(answer, party))
    return discovery


def _clock(answer: Answered, party: RelyingParty) -> Finding:
    ahead = answer.clock_ahead(party.clock().timestamp())
    if ahead is None:
        return Finding.fine("clock", "The provider does not say what time it has.")
    if abs(ahead) > LEEWAY:
        way = "ahead of" if ahead > 0 else "behind"
        raise ProviderFault("clock", f"The provider's clock is {abs(ahead):.0f} seconds {way} ours.", CLOCKS)
    return Finding.fine("clock", "The provider's clock and ours agree.")


async def _keys(party: RelyingParty, discovery: Discovery) -> Finding:
    keys = read_keys(await party.outbound.get("keys", discovery.jwks_uri))
    return Finding.fine("keys", f"{len(keys)} key(s) to check signatures with.")


def _method(provider: IdentityProvider, discovery: Discovery) -> Finding:
    """Whether the provider takes the way in which we show who we are; the next step shows whether it really does."""
    method, known = provider.required.method, discovery.token_endpoint_auth_methods_supported
    if method in known or method is ClientMethod.NONE:
        return Finding.fine("method", f"We show who we are by {method}.")
    return Finding(
        about="method",
        is_fine=False,
        detail=f"We show who we are by {method}, and the provider lists {', '.join(known[:8])}.",
        remedy="Set one of these as the method, if the client is refused.",
    )


async def _client(party: RelyingParty, tenant: str, provider: IdentityProvider, discovery: Discovery) -> Finding:
    """Whether the provider knows us, found out with a code that it never gave."""
    form = {"grant_type": "authorization_code", "code": NO_CODE, "redirect_uri": NO_CODE, "code_verifier": 43 * "a"}
    answer = await party.ask_for_tokens(tenant, provider, discovery, form)
    error = answer.json("client").get("error")
    if error in NOT_US or answer.status == 401:
        raise ProviderFault(
            "client",
            f"The provider does not take us for {provider.required.client_id}: it says {shown(error)}.",
            REMEDIES["invalid_client"],
        )
    return Finding.fine("client", "The provider knows the client and what it shows.")


async def _redirect(
    party: RelyingParty, provider: IdentityProvider, discovery: Discovery, redirect_uri: str
) -> Finding:
    """Whether the provider leads back here, found out by sending it a browser in which nobody is signed in."""
    keepsake = Keepsake(NO_CODE, NO_CODE, 43 * "a", redirect_uri)
    url = authorization_url(discovery, provider.required, keepsake, {"prompt": "none"})
    answer = await party.outbound.get("redirect address", url, {"Accept": "text/html"})
    where = answer.headers.get("location", "")
    if not where.startswith(redirect_uri):
        raise ProviderFault(
            "redirect address",
            f"The provider does not lead back here: it answers {answer.status} when a browser is sent to it.",
            f"Register {redirect_uri} at the provider, letter by letter, for the client {provider.required.client_id}.",
        )
    error = next(iter(parse_qs(urlsplit(where).query).get("error", [])), "")
    if error and error not in ASKS_WHO:
        raise ProviderFault(
            "redirect address",
            f"The provider would let nobody in: it says {shown(error)}.",
            "Let the client use the authorization code grant, and the scopes that are set here.",
        )
    return Finding.fine("redirect address", f"The provider leads back to {redirect_uri}.")
