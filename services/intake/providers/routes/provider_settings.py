"""The organization's provider is set by its admin, with a secret that is sealed here and shown to nobody again."""

import json
from typing import Annotated, Self

from fastapi import Request, Response
from joserfc.jwk import ECKey
from pydantic import AfterValidator, BaseModel, Field, SecretStr, StringConstraints, model_validator

from services.intake.providers.addresses import LONGEST, check_url, networks
from services.intake.providers.commands import SetIdentityProvider
from services.intake.providers.model.provider import (
    OPENID,
    SECRETS,
    Audience,
    ClientMethod,
    Credential,
    FrontEnd,
    IdentityProvider,
    ProviderSettings,
)
from services.intake.providers.model.role_rules import RoleRule
from services.intake.providers.relying_party import ALGORITHM, sealed_about
from services.intake.settings import IntakeSettings
from shared.engine.authoring.grants import ADMIN, OPERATOR
from shared.errors import Refusal
from shared.vocabulary.emails import understand_email
from shared.web.auth import CurrentCaller
from shared.web.commands import SendCommand
from shared.web.document import Changed
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import NOBODY
from shared.web.versions import versioned

routes = Routes()

MOST_RULES = 200
MOST_DOMAINS = 100
MOST_SCOPES = 20
MOST_FRONT_ENDS = 20
CURVE = "P-256"


class IssuerNotUsable(Refusal):
    """The address of a provider is one that is never asked."""


class ProviderSecretsNotSetUp(Refusal):
    """This system has no key to seal a secret with."""

    status = 503

    def __init__(self) -> None:
        super().__init__("No provider can be set yet: have ITHACA_SIGN_IN_KEY set for intake and notify.")


def _domain(text: str) -> str:
    address, _ = understand_email(f"x@{text}")
    if address is None or "@" in text:
        raise ValueError(f"{text[:40]!r} is no domain of e-mail addresses: use one such as acme.example")
    return address.rpartition("@")[2].casefold()


Domain = Annotated[str, StringConstraints(max_length=253), AfterValidator(_domain)]
ScopeToken = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\x21\x23-\x5b\x5d-\x7e]+$")]


class NewIdentityProvider(BaseModel, extra="forbid"):
    """The OpenID Connect provider by which people of the organization are to sign in."""

    issuer: Annotated[str, StringConstraints(min_length=8, max_length=LONGEST)] = Field(
        description="Its address, letter by letter as it writes it itself", examples=["https://login.acme.example"]
    )
    client_id: Audience = Field(description="Who we are at the provider")
    method: ClientMethod = Field(ClientMethod.BASIC, description="How we show that it is us; `none` with PKCE alone")
    client_secret: Annotated[SecretStr, Field(min_length=1, max_length=1_000)] | None = Field(
        None, description="For `client_secret_basic` and `client_secret_post`; left out, the one that is known stays"
    )
    domains: tuple[Domain, ...] = Field(
        min_length=1,
        max_length=MOST_DOMAINS,
        description="Whose e-mail addresses it may vouch for, such as acme.example",
    )
    scopes: tuple[ScopeToken, ...] = Field(
        (OPENID, "email", "profile"), max_length=MOST_SCOPES, description="What it is asked for; `openid` always"
    )
    rules: tuple[RoleRule, ...] = Field((), max_length=MOST_RULES, description="Which claims give which roles")
    front_ends: tuple[FrontEnd, ...] = Field(
        (), max_length=MOST_FRONT_ENDS, description="Who may exchange the provider's tokens for people's (RFC 8693)"
    )

    @model_validator(mode="after")
    def _says_each_once(self) -> Self:
        clients = [one.client_id for one in self.front_ends]
        if len(set(self.rules)) < len(self.rules) or len(set(clients)) < len(clients):
            raise ValueError("each rule and each front end must be there once")
        if self.client_secret is not None and self.method not in SECRETS:
            raise ValueError(f"a client_secret is for {' and '.join(SECRETS)}")
        return self

    def settings(self) -> ProviderSettings:
        """Return what is not secret."""
        scopes = tuple(dict.fromkeys((OPENID, *self.scopes)))
        stated = self.model_dump(exclude={"client_secret", "scopes", "domains"})
        return ProviderSettings(**stated, scopes=scopes, domains=tuple(dict.fromkeys(self.domains)))


class IdentityProviderView(BaseModel):
    """The organization's provider, without what is secret; all empty if there is none."""

    issuer: str | None
    client_id: str | None
    method: ClientMethod | None
    domains: list[str]
    scopes: list[str]
    rules: list[RoleRule]
    front_ends: list[FrontEnd]
    has_secret: bool = Field(description="Whether there is something by which we show that it is us")
    jwks: dict[str, list[dict[str, str]]] = Field(
        description="With `private_key_jwt`: the public key that the provider is to know us by, as a JWK Set"
    )
    redirect_uri: str = Field(description="What must be registered at the provider, letter by letter")


@routes.post("/identity-provider", allow=(ADMIN,), fresh=True, response_model=Changed)
async def set_identity_provider(
    new: NewIdentityProvider, caller: CurrentCaller, send: SendCommand, request: Request
) -> Response:
    """Have people of the organization sign in by an OpenID Connect provider, and say which claims give which roles.

    Try it out with `/v1/identity-provider/try`. A secret is kept sealed, and shown to nobody but the provider.
    """
    settings: IntakeSettings = request.app.state.settings
    try:
        check_url(new.issuer, networks(settings.provider_networks))
    except ValueError as error:
        raise IssuerNotUsable(f"The issuer {error}.") from None
    if "?" in new.issuer or "#" in new.issuer:
        raise IssuerNotUsable("The issuer must be an address without ? and #.")
    command = SetIdentityProvider(settings=new.settings(), credential=_credential(new, caller.tenant, settings))
    answer = await send(command, caller)
    return Response(answer.body, media_type="application/json")


@routes.get("/identity-provider", allow=(OPERATOR, ADMIN), shows=NOBODY)
async def show_identity_provider(reader: TenantReader, request: Request, response: Response) -> IdentityProviderView:
    """Show by which provider people of the organization sign in, without any secret."""
    found = await reader.many(IdentityProvider, [IdentityProvider.ID])
    provider = versioned(response, found[0]) if found else IdentityProvider()
    stated = provider.settings.model_dump() if provider.settings else dict.fromkeys(ProviderSettings.model_fields)
    lists = ("domains", "scopes", "rules", "front_ends")
    key = provider.credential.public_key
    return IdentityProviderView.model_validate(
        {
            **stated,
            **{name: stated[name] or [] for name in lists},
            "has_secret": provider.credential.sealed is not None,
            "jwks": {"keys": [key] if key else []},
            "redirect_uri": request.app.state.settings.provider_redirect,
        }
    )


def _credential(new: NewIdentityProvider, tenant: str, settings: IntakeSettings) -> Credential | None:
    """What shows the provider that it is us, sealed; None for what is known already, or is not needed."""
    if new.method is ClientMethod.NONE or (new.method in SECRETS and new.client_secret is None):
        return None
    if not settings.sign_in_secrets.are_set_up:
        raise ProviderSecretsNotSetUp
    sealer, about = settings.provider_sealer, sealed_about(tenant)
    if new.client_secret is not None:
        return Credential(sealed=sealer.seal(about, new.client_secret.get_secret_value()))
    key = ECKey.generate_key(CURVE, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    public = {name: str(value) for name, value in key.as_dict(private=False).items()}
    return Credential(sealed=sealer.seal(about, json.dumps(key.as_dict(private=True))), public_key=public)
