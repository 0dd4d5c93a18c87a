"""Sends the mail to sign in with to whose address was named, and nobody else; ends what has waited for its time."""

from typing import Annotated

from services.intake.departures.model import Erasure
from services.intake.identity.changed_address import Changed
from services.intake.identity.model.access import Access
from services.intake.identity.model.address_changes import EndAddressChange
from services.intake.identity.model.newcomers import ForgetNewcomer
from services.intake.identity.model.sign_in_requests import AnswerSignInRequest, SignInRequest
from services.intake.people.model import EmailAddress, Person
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, optional, require

reactions = Handlers()


def access_of_owner(_: AnswerSignInRequest, address: EmailAddress | None) -> str | None:
    """Return the id of the access of whose address it is, if it is anybody's."""
    return Access.id_of(address.person_id) if address and address.person_id else None


class Named(Bundle):
    """A request to sign in, whose the address is that it names, and what they have access by."""

    request: Annotated[SignInRequest, require("request_id")]
    address: Annotated[EmailAddress | None, optional("request.address_id")]
    access: Annotated[Access | None, create(access_of_owner)]


@reactions.on("answer-sign-in-request")
def answer_sign_in_request(_: AnswerSignInRequest, named: Named, ctx: Context) -> None:
    """Have the mail sent, unless the address is nobody's or there were enough mails within the hour."""
    if named.address and named.address.person_id and named.access and named.access.may_be_mailed(ctx.now):
        ctx.emit(*named.request.answer(named.address.person_id))


@reactions.on("end-address-change")
def end_address_change(timer: EndAddressChange, changed: Changed, ctx: Context) -> None:
    """Come to the end of the time of a change: one that is confirmed counts now, and its addresses are forgotten."""
    if changed.change.change_id != timer.change_id:
        return
    if changed.change.end():
        changed.apply(ctx)
    changed.person.forget_address_change()


class Newcomer(Bundle):
    """Who was to come in, with their address and what they have access by."""

    person: Annotated[Person, require("person_id")]
    address: Annotated[EmailAddress, create("address_id")]
    access: Annotated[Access, create("access_id")]
    erasure: Annotated[Erasure, create("person_id")]


@reactions.on("forget-newcomer")
def forget_newcomer(timer: ForgetNewcomer, newcomer: Newcomer, ctx: Context) -> None:
    """Keep nothing of somebody who has never come in: it may be that somebody else has named their address."""
    if newcomer.access.has_come_in or newcomer.erasure.requested_at:
        return
    newcomer.address.release(timer.person_id)
    newcomer.person.begin_erasure()
    ctx.emit(newcomer.erasure.request(ctx.now))
