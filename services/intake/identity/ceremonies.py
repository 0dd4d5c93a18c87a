"""The two ceremonies of WebAuthn, by its library: what a browser is asked, and whether what it answers is right."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import options_to_json_dict, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CollectedClientData,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.intake.identity.challenges import LIFETIME
from services.intake.identity.model.passkeys import Passkey
from services.intake.identity.passkey_site import Site
from shared.errors import Refusal

TIMEOUT = int(LIFETIME.total_seconds()) * 1000
VERIFIED = UserVerificationRequirement.REQUIRED
UNREADABLE = (WebAuthnException, ValueError, TypeError, ArithmeticError, AttributeError, LookupError, RecursionError)
"""What an answer that somebody made up may bring about where it is decoded."""
NO_KEY = urlsafe_b64decode(
    "pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWIlggT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU="
)
"""A key that nobody has (the generator of the curve P-256): what names no passkey is looked at as long as what does."""

Base64Url = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]*={0,2}$", max_length=20_000),
    Field(examples=["VGhpcyBpcyBiYXNlNjR1cmw"]),
]


class PasskeyOfAnotherSite(Refusal):
    """The passkey was used on a page of another address."""

    status = 403

    def __init__(self, origins: Sequence[str]) -> None:
        super().__init__(f"This comes from a page of another address: open {' or '.join(origins)}, and do it there.")


class PasskeyUnusable(Refusal):
    """What the device made is no passkey that can be used here."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "This device made nothing that can be used here: unlock it with its PIN, your finger or your face when it "
            "asks for that, or take another device."
        )


class PasskeyRefused(Refusal):
    """The passkey lets nobody in; the answer does not say why, nor whether there is such a person."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "This passkey lets nobody in here: it was removed, or belongs elsewhere, or the device was not unlocked. "
            "Sign in by e-mail, and look at your passkeys."
        )


class _Answer(BaseModel):
    """What the browser answered, as its `toJSON()` writes it. Members that are not here are passed over."""

    model_config = ConfigDict(extra="ignore")

    id: Base64Url
    rawId: Base64Url  # noqa: N815 - as the standard has it
    type: Literal["public-key"]


class Attestation(BaseModel):
    """See `AuthenticatorAttestationResponseJSON`."""

    clientDataJSON: Base64Url  # noqa: N815 - as the standard has it
    attestationObject: Base64Url  # noqa: N815 - as the standard has it


class Assertion(BaseModel):
    """See `AuthenticatorAssertionResponseJSON`."""

    clientDataJSON: Base64Url  # noqa: N815 - as the standard has it
    authenticatorData: Base64Url  # noqa: N815 - as the standard has it
    signature: Base64Url
    userHandle: Base64Url | None = None  # noqa: N815 - as the standard has it


class MadeCredential(_Answer):
    """What `navigator.credentials.create()` gave, by its `toJSON()`."""

    response: Attestation


class ShownCredential(_Answer):
    """What `navigator.credentials.get()` gave, by its `toJSON()`."""

    response: Assertion

    @property
    def handle(self) -> bytes:
        """Whose it says that it is."""
        return _decoded(self.response.userHandle or "")


class Account(NamedTuple):
    """For whom a passkey is made: their handle, and how the device shows them."""

    handle: bytes
    name: str
    display_name: str


class NewPasskey(BaseModel):
    """What is kept of a passkey that was made."""

    credential: str
    public_key: str
    uses: int
    is_synced: bool
    is_backed_up: bool


class Used(BaseModel):
    """What a device says of the passkey that it has used."""

    credential: str
    uses: int
    is_backed_up: bool


def asked_to_make(site: Site, challenge: bytes, account: Account, known: Sequence[Passkey]) -> dict[str, Any]:
    """Return what `navigator.credentials.create()` is given: a passkey for this account, on a device without one."""
    options = generate_registration_options(
        rp_id=site.id,
        rp_name=site.id,
        user_id=account.handle,
        user_name=account.name,
        user_display_name=account.display_name,
        challenge=challenge,
        timeout=TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=_decoded(one.credential)) for one in known],
    )
    return options_to_json_dict(options)


def asked_to_show(site: Site, challenge: bytes) -> dict[str, Any]:
    """Return what `navigator.credentials.get()` is given: any passkey for this address, whoever that is."""
    options = generate_authentication_options(
        rp_id=site.id, challenge=challenge, timeout=TIMEOUT, user_verification=VERIFIED
    )
    return options_to_json_dict(options)


def challenge_in(answer: MadeCredential | ShownCredential, site: Site) -> bytes:
    """Return which challenge was answered, on a page of ours; raises `PasskeyOfAnotherSite`, `PasskeyUnusable`."""
    try:
        found: CollectedClientData = parse_client_data_json(_decoded(answer.response.clientDataJSON))
    except UNREADABLE as error:
        raise PasskeyUnusable from error
    if found.origin not in site.origins or found.cross_origin:
        raise PasskeyOfAnotherSite(site.origins)
    return found.challenge


def check_made(made: MadeCredential, site: Site, challenge: bytes) -> NewPasskey:
    """Return what is kept of a new passkey; raises `PasskeyUnusable`."""
    try:
        found = verify_registration_response(
            credential=made.model_dump(),
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=list(site.origins),
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise PasskeyUnusable from error
    return NewPasskey(
        credential=_encoded(found.credential_id),
        public_key=_encoded(found.credential_public_key),
        uses=found.sign_count,
        is_synced=found.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        is_backed_up=found.credential_backed_up,
    )


def check_shown(shown: ShownCredential, site: Site, challenge: bytes, passkey: Passkey | None) -> Used:
    """Return what a device says of its passkey, if it has signed with it; raises `PasskeyRefused`.

    What names no passkey is looked at all the same, so that nobody learns from the time whether there is one. What the
    device counts is compared where it is kept.
    """
    try:
        found = verify_authentication_response(
            credential=shown.model_dump(exclude_none=True),
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=list(site.origins),
            credential_public_key=_decoded(passkey.public_key) if passkey else NO_KEY,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise PasskeyRefused from error
    is_synced = found.credential_device_type is CredentialDeviceType.MULTI_DEVICE
    if passkey is None or is_synced is not passkey.is_synced:
        raise PasskeyRefused
    return Used(credential=passkey.credential, uses=found.new_sign_count, is_backed_up=found.credential_backed_up)


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(f"{text.rstrip('=')}===")


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
