"""How a new address is confirmed: with the link of the mail by whoever reads it, with its code by the person."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, Field, StringConstraints

from services.intake.identity.attempts import WRONG_CODES
from services.intake.identity.commands.address_requests import AddressConfirmed, ConfirmAddress
from services.intake.identity.model.address_changes import AddressChange, AddressRefused
from services.intake.identity.model.sign_in_requests import Proof
from services.intake.identity.routes.door import NO_STORE, Door, intake_itself
from services.intake.identity.routes.sign_in_pages import FORBIDDEN, Handle, OpenDoor
from shared.engine.authoring.grants import ANYONE, Subject
from shared.engine.authoring.reader import Reader
from shared.ids import TENANT
from shared.sign_in_secrets import AddressAsked
from shared.web.auth import CurrentCaller
from shared.web.now import time_of
from shared.web.routes import WholePaths

routes = WholePaths()

PATH = "/v1/address-change"


class ShownLink(BaseModel, extra="forbid"):
    """What follows `link=` in the mail."""

    link: Handle


class ShownCode(BaseModel, extra="forbid"):
    """The digits in the mail."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] = Field(examples=["284193"])


class AddressLinkState(BaseModel):
    """What a link is good for. Nothing is changed by looking at it."""

    organization: str
    detail: str = Field(description="What to do")


class AddressOutcome(BaseModel):
    """What has become of the change."""

    counts: bool = Field(description="Whether the new address counts already; all sessions have ended then")
    detail: str


COUNTS = "The new address counts from now on: sign in with it."
HELD = "Thank you. The new address counts as soon as three days have passed since it was asked for."


@routes.get(PATH, allow=(ANYONE,), responses=FORBIDDEN)
async def show_address_link(link: Handle, request: Request, door: OpenDoor) -> AddressLinkState:
    """Show what a link is good for. Looking at it, as mail scanners do, confirms nothing."""
    asked = await _read(link, door)
    reader = Reader(request.app.state.store, asked.tenant)
    found = await reader.many(AddressChange, [asked.person_id])
    if not found or not found[0].is_open(asked.change_id, await time_of(request.app, reader)):
        raise await door.refused(AddressRefused())
    return AddressLinkState(
        organization=asked.tenant, detail="Post the link to this path, and the address is confirmed."
    )


@routes.post(PATH, allow=(ANYONE,), responses=FORBIDDEN)
async def confirm_by_link(shown: ShownLink, door: OpenDoor, response: Response) -> AddressOutcome:
    """Confirm an address with the link of the mail that went there. It works once."""
    return await _confirm(await _read(shown.link, door), Proof.LINK, is_right=True, door=door, response=response)


@routes.post("/v1/people/{person_id}/address/confirm", allow=(Subject("person_id"),))
async def confirm_by_code(
    person_id: str, shown: ShownCode, request: Request, caller: CurrentCaller, door: OpenDoor, response: Response
) -> AddressOutcome:
    """Confirm an address of one's own with the code of the mail that went there. Five wrong ones end the change."""
    door.attempts.check(WRONG_CODES, caller.tenant)
    found = await Reader(request.app.state.store, caller.tenant).many(AddressChange, [person_id])
    asked = AddressAsked(caller.tenant, person_id, found[0].change_id if found else "")
    is_right = door.tokens.settings.sign_in_secrets.is_address_code(shown.code, asked)
    if not is_right:
        await door.attempts.note(WRONG_CODES, caller.tenant)
    return await _confirm(asked, Proof.CODE, is_right, door, response)


async def _confirm(asked: AddressAsked, proof: Proof, is_right: bool, door: Door, response: Response) -> AddressOutcome:
    command = ConfirmAddress(person_id=asked.person_id, change_id=asked.change_id, proof=proof, is_right=is_right)
    answer = await door.send(command, intake_itself(asked.tenant))
    outcome = AddressConfirmed.model_validate_json(answer.body)
    if not outcome.is_confirmed:
        door.note_attempt("confirm_address", asked.tenant, f"person/{asked.person_id}")
        raise await door.refused(AddressRefused())
    response.headers.update(NO_STORE)
    return AddressOutcome(counts=outcome.counts, detail=COUNTS if outcome.counts else HELD)


async def _read(link: str, door: Door) -> AddressAsked:
    """Which change the link is of; raises `AddressRefused` for one that nobody has made."""
    handle, _, secret = link.rpartition(".")
    parts = handle.split(".")
    if len(parts) != len(AddressAsked._fields) or not TENANT.fullmatch(parts[0]):
        raise await door.refused(AddressRefused())
    asked = AddressAsked(*parts)
    if not door.tokens.settings.sign_in_secrets.is_address_link(secret, asked):
        if await door.reader_of(asked.tenant).many(AddressChange, [asked.person_id]):
            door.note_attempt("confirm_address", asked.tenant, f"person/{asked.person_id}")
        raise await door.refused(AddressRefused())
    return asked
