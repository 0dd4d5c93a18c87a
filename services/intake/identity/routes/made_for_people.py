"""Makes tokens of people for the front ends of their organization, which show the provider's (RFC 8693)."""

from services.intake.identity.commands.provider_sign_in import Recognized, RecognizePerson
from services.intake.identity.oauth import OAuthError
from services.intake.identity.routes.door import Door, intake_itself
from services.intake.identity.token_exchange import ACCESS_TOKEN, Subject, no_front_end
from services.intake.identity.tokens import ExchangedToken
from services.intake.providers.model.claims import describe
from services.intake.providers.model.findings import ProviderFault
from services.intake.providers.model.provider import IdentityProvider
from services.intake.providers.relying_party import is_made_up
from shared.errors import Refusal, TryLater
from shared.web.auth import Caller
from shared.web.trail import drafts


async def exchange(subject: Subject, client: Caller, client_id: str, door: Door) -> ExchangedToken:
    """Make a token of the person whose token of the provider a front end shows; raises `OAuthError`."""
    found = await door.reader_of(client.tenant).many(IdentityProvider, [IdentityProvider.ID]) if client.tenant else []
    audience = found[0].audience_of(client_id) if found and client.kind == "client" else None
    if audience is None:
        raise no_front_end(client_id)
    try:
        person_id = await _recognize(subject, found[0], audience, client.tenant, door)
        person = await door.person(client.tenant, person_id)
    except ProviderFault as fault:
        raise OAuthError("invalid_request", str(fault), is_guess=is_made_up(fault)) from None
    except TryLater:
        raise
    except Refusal as refusal:
        raise OAuthError("invalid_request", refusal.detail) from None
    drafts.begin_sign_in("exchange_token", client, [person_id])
    return door.tokens.made_for(person, client_id, ACCESS_TOKEN)


async def _recognize(subject: Subject, provider: IdentityProvider, audience: str, tenant: str, door: Door) -> str:
    settings = provider.required
    claims = await door.relying_party.known(settings, subject.token, audience, subject.what)
    command = RecognizePerson(
        organization_id=tenant,
        issuer=settings.issuer,
        audience=audience,
        **describe(claims, settings.domains)._asdict(),
    )
    answer = await door.send(command, intake_itself(tenant))
    return Recognized.model_validate_json(answer.body).person_id
