"""Receipts for erasures: what was confirmed by whom and when, signed with the key that signs tokens."""

from joserfc import jwt
from pydantic import BaseModel, Field

from services.intake.departures.model import Erasure, ErasureStatus
from services.intake.identity.routes.door import Issuing
from services.intake.identity.tokens import Tokens
from shared.engine.authoring.grants import ADMIN
from shared.errors import NotFound
from shared.web.routes import Routes
from shared.web.signed import ALGORITHM
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import SELECTED

routes = Routes()

KIND = "erasure-receipt+jwt"
"""The type of a receipt, by which nobody takes it for a token."""


class ErasureReceipt(BaseModel):
    """A receipt for an erasure that is done."""

    receipt: str = Field(
        description="A JWS of type `erasure-receipt+jwt`, which the published keys check: it says of whose id, when, "
        "and what each service has confirmed"
    )


@routes.get("/people/{person_id}/erasure/receipt", allow=(ADMIN,), shows=SELECTED)
async def show_erasure_receipt(person_id: str, reader: TenantReader, issuing: Issuing) -> ErasureReceipt:
    """Show a receipt for the erasure of a person, once it is done."""
    erasure = await reader.get(Erasure, person_id)
    if erasure.status is not ErasureStatus.DONE:
        raise NotFound.of("receipt", person_id)
    return ErasureReceipt(receipt=_signed(erasure, reader.tenant, issuing))


def _signed(erasure: Erasure, tenant: str, issuing: Tokens) -> str:
    key = issuing.keys.signing(issuing.clock())
    said = {"iss": issuing.settings.issuer, "sub": erasure.id, "tenant": tenant}
    told = erasure.model_dump(mode="json", include={"requested_at", "completed_at", "confirmed"})
    return jwt.encode({"alg": ALGORITHM, "typ": KIND, "kid": key.kid}, said | told, key)
