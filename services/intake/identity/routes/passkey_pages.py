"""How people add a passkey, and sign in with one: each is begun and ended by the same browser."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Response
from pydantic import BaseModel, Field

from services.intake.fields import Id, Name
from services.intake.identity import ceremonies
from services.intake.identity.ceremonies import (
    Account,
    MadeCredential,
    PasskeyOfAnotherSite,
    PasskeyRefused,
    PasskeyUnusable,
    ShownCredential,
)
from services.intake.identity.challenges import ADD, LIFETIME, SIGN_IN, ChallengeRefused, Challenges
from services.intake.identity.commands.own_passkeys import AddPasskey, PasskeyId, RequirePasskeys, SignInWithPasskey
from services.intake.identity.commands.sign_in import SignInOutcome
from services.intake.identity.credentials import hashed, new_secret
from services.intake.identity.model.passkeys import Handle, Passkeys
from services.intake.identity.passkey_site import PasskeysNotSetUp, Site
from services.intake.identity.routes.door import MADE, NO_STORE, AtTheDoor, Door, intake_itself
from services.intake.identity.routes.sign_in_pages import (
    FORBIDDEN,
    PATH,
    Browser,
    SentBrowser,
    UserAgent,
    known_or_new,
    program_of,
    set_browser,
)
from services.intake.identity.tokens import SignedIn
from services.intake.memberships.model.administration import Administration
from services.intake.people.model import Person
from shared.engine.authoring.grants import ADMIN, ANYONE, OPERATOR, Enrollee, Subject
from shared.errors import Refusal
from shared.web.auth import CurrentCaller
from shared.web.routes import WholePaths
from shared.web.trail.shown import NOBODY as SHOWS_NOBODY

routes = WholePaths()

REFUSALS = (ChallengeRefused, PasskeyOfAnotherSite, PasskeyRefused, PasskeyUnusable)
"""What is shown is none of ours, not for this, or not now: guesses are among it."""
OWNERS = Subject("person_id"), Enrollee("person_id")
STEWARDS = OPERATOR, ADMIN
REQUIREMENT = "/v1/passkey-requirement"
GOOD_FOR = int(LIFETIME.total_seconds())
Asker = Annotated[Browser, Field(examples=["QmVjYXVzZSBleGFtcGxlcyBhcmUgcmVhZCBtb3JlLi4"])]
OF_PERSON = "/v1/people/{person_id}/passkeys"


class PasskeyAsked(BaseModel):
    """What the browser is to do next, within minutes."""

    options: dict[str, Any] = Field(description="For `navigator.credentials`, as JSON (WebAuthn Level 3)")
    browser: str = Field(
        description="Whoever has it is the browser that asked; to sign in, browsers get it as a cookie"
    )
    expires_in: int = Field(description="Seconds within which the answer must come")


class NewPasskeyMade(BaseModel, extra="forbid"):
    """A passkey that a device of the person has made."""

    name: Name = Field(description="As the person calls it, such as the device that has it")
    browser: Asker = Field(description="As it was answered")
    credential: MadeCredential


class PasskeyShown(BaseModel, extra="forbid"):
    """A passkey that somebody shows to sign in."""

    browser: Asker | None = Field(None, description="As it was answered, where there are no cookies")
    credential: ShownCredential


class PasskeyRequirement(BaseModel, extra="forbid"):
    """Whether admins of the organization get in with a passkey only."""

    is_required: bool


class NoPasskey(Refusal):
    """Nobody locks themselves out."""

    def __init__(self) -> None:
        super().__init__("You have no passkey yourself, and would be locked out: add one first.")


@dataclass(slots=True, frozen=True)
class Passage:
    """What both ceremonies go by: the door, the pages on which they may take place, and challenges."""

    door: Door
    site: Site
    challenges: Challenges

    async def shown_passkeys(self, shown: ShownCredential) -> tuple[Handle, Passkeys]:
        """Return whose a passkey says that it is, and all of theirs; none if there is nobody like that."""
        handle = Handle.read(shown.handle) or NOBODY
        found = await self.door.reader_of(handle.tenant).many(Passkeys, [handle.passkeys_id])
        return handle, found[0] if found else Passkeys()


NOBODY = Handle(tenant="nobody", passkeys_id="nobody")
"""Whose a passkey is that does not say so: there is as much to look up as for everybody."""


async def passage(door: AtTheDoor) -> Passage:
    """Return it, if this system is set up for passkeys; raises `PasskeysNotSetUp`."""
    settings = door.tokens.settings
    if not settings.sign_in_secrets.are_set_up:
        raise PasskeysNotSetUp
    challenges = Challenges(settings.sign_in_secrets, door.tokens.clock)
    return Passage(door, Site.of(settings), challenges)


Passing = Annotated[Passage, Depends(passage)]


@routes.post(f"{PATH}/passkey/options", allow=(ANYONE,))
async def ask_for_passkey(passing: Passing, response: Response, cookie: SentBrowser = "") -> PasskeyAsked:
    """Ask for a passkey to sign in with: any for this address, whoever that is. Nobody says who they are."""
    browser = known_or_new(cookie)
    challenge = passing.challenges.make(SIGN_IN, hashed(browser))
    set_browser(response, browser, passing.door, GOOD_FOR)
    response.headers.update(NO_STORE)
    return PasskeyAsked(options=ceremonies.asked_to_show(passing.site, challenge), browser=browser, expires_in=GOOD_FOR)


@routes.post(f"{PATH}/passkey", allow=(ANYONE,), responses=FORBIDDEN)
async def sign_in_with_passkey(
    body: PasskeyShown, passing: Passing, response: Response, cookie: SentBrowser = "", user_agent: UserAgent = ""
) -> SignedIn:
    """Sign in with a passkey, in the browser that was asked for one: the device has unlocked it for this."""
    door, shown, handle, passkeys = passing.door, body.credential, NOBODY, Passkeys()
    try:
        challenge = ceremonies.challenge_in(shown, passing.site)
        known = passing.challenges.known(challenge, SIGN_IN, hashed(body.browser or cookie))
        handle, passkeys = await passing.shown_passkeys(shown)
        passkey = passkeys.by_credential(shown.id.rstrip("="))
        command = SignInWithPasskey(
            passkeys_id=handle.passkeys_id,
            used=ceremonies.check_shown(shown, passing.site, challenge, passkey),
            challenge=known,
            program=program_of(user_agent),
            lifetime=door.tokens.settings.session_lifetime,
        )
        answer = await door.send(command, intake_itself(handle.tenant))
    except REFUSALS:
        if passkeys.person_id:
            door.note_attempt("sign_in_with_passkey", handle.tenant, f"person/{passkeys.person_id}")
        await door.note_wrong_credential()
        raise
    outcome = SignInOutcome.model_validate_json(answer.body)
    assert outcome.session is not None
    response.headers.update(NO_STORE)
    return await door.admit(handle.tenant, outcome.person_id, outcome.session)


@routes.post(f"{OF_PERSON}/options", allow=OWNERS, fresh=True)
async def ask_to_make_passkey(
    person_id: Id, passing: Passing, caller: CurrentCaller, response: Response
) -> PasskeyAsked:
    """Ask a person's device to make a passkey; one that has a passkey of theirs makes no second one."""
    reader, browser = passing.door.reader_of(caller.tenant), new_secret()
    person = await reader.get(Person, person_id)
    handle = Handle(tenant=caller.tenant, passkeys_id=Passkeys.id_of(person_id))
    known = await reader.many(Passkeys, [handle.passkeys_id])
    account = Account(handle.written(), f"{person.email} ({caller.tenant})", person.name)
    challenge = passing.challenges.make(ADD, caller.tenant, person_id, hashed(browser))
    options = ceremonies.asked_to_make(passing.site, challenge, account, known[0].all if known else [])
    response.headers.update(NO_STORE)
    return PasskeyAsked(options=options, browser=browser, expires_in=GOOD_FOR)


@routes.post(OF_PERSON, allow=OWNERS, fresh=True, status_code=201, responses=MADE)
async def add_passkey(
    person_id: Id, new: NewPasskeyMade, passing: Passing, caller: CurrentCaller, response: Response
) -> PasskeyId:
    """Add a passkey that a device of the person has made just now; a letter tells the person of it.

    `Location` is the list of all of theirs.
    """
    door = passing.door
    try:
        challenge = ceremonies.challenge_in(new.credential, passing.site)
        known = passing.challenges.known(challenge, ADD, caller.tenant, person_id, hashed(new.browser))
        made = ceremonies.check_made(new.credential, passing.site, challenge)
        answer = await door.send(AddPasskey(person_id=person_id, name=new.name, made=made, challenge=known), caller)
    except REFUSALS:
        door.note_attempt("add_passkey", caller.tenant, caller.actor)
        await door.note_wrong_credential()
        raise
    added = PasskeyId.model_validate_json(answer.body)
    response.headers["Location"] = OF_PERSON.format(person_id=person_id)
    return added


@routes.get(REQUIREMENT, allow=STEWARDS, shows=SHOWS_NOBODY)
async def show_passkey_requirement(door: AtTheDoor, caller: CurrentCaller) -> PasskeyRequirement:
    """Show whether admins of the organization get in with a passkey only."""
    found = await door.reader_of(caller.tenant).many(Administration, [Administration.ID])
    return PasskeyRequirement(is_required=bool(found) and found[0].passkeys_required)


@routes.post(REQUIREMENT, allow=STEWARDS, fresh=True)
async def set_passkey_requirement(
    wanted: PasskeyRequirement, door: AtTheDoor, caller: CurrentCaller
) -> PasskeyRequirement:
    """Have admins get in with a passkey only, or as they like again. An admin who wants that has a passkey already.

    It counts with the next token of each: within five minutes.
    """
    if wanted.is_required and caller.person_id is not None:
        own = await door.reader_of(caller.tenant).many(Passkeys, [Passkeys.id_of(caller.person_id)])
        if not own or not own[0].all:
            raise NoPasskey
    await door.send(RequirePasskeys(is_required=wanted.is_required), caller)
    return wanted
