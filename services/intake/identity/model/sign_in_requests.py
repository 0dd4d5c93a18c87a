"""Requests to sign in by e-mail, and what becomes of them."""

from datetime import datetime, timedelta
from enum import StrEnum

from services.intake.identity.credentials import are_equal
from shared.contracts.access import SignInGuessed, SignInRequested
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate, Timer
from shared.errors import Refusal
from shared.ids import PersonId

LIFETIME = timedelta(minutes=15)
TRIES = 5
"""How many wrong codes a request stands."""


class SignInRefused(Refusal):
    """The link or the code lets nobody in; the answer does not say why, nor whether there is such a person."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "This link or code was used already, has expired, is incomplete or belongs to another browser: "
            "ask for a new one, in the browser that you want to use."
        )


class Proof(StrEnum):
    """What is shown of the mail."""

    LINK = "link"
    CODE = "code"


class SignInRequest(Aggregate, name="sign_in_request"):
    """Somebody who says that an address is theirs wants to sign in, from one browser, within minutes.

    Neither the address nor a secret is kept: of the address its id, of the browser's secret a hash, and what the mail
    says follows from the id. There is no `person_id` until it is known that somebody has that address. A request
    without a `browser_hash` is good for every browser.
    """

    address_id: str = ""
    browser_hash: str = ""
    person_id: str = ""
    expires_at: datetime | None = None
    wrong_codes: int = 0
    used_at: datetime | None = None

    def make(self, address_id: str, browser_hash: str, at: datetime) -> None:
        """Take the request; whose address that is, if anybody's, is looked up later."""
        self.address_id, self.browser_hash, self.expires_at = address_id, browser_hash, at + LIFETIME

    def make_for(self, person_id: str, at: datetime) -> None:
        """Make a request for a person whom somebody else lets in, whatever the browser."""
        self.person_id, self.expires_at = person_id, at + LIFETIME

    def answer(self, person_id: str) -> list[Event]:
        """Have the mail sent to the person whose address it is."""
        if self.person_id or self.expires_at is None:
            return []
        self.person_id = person_id
        return [SignInRequested(request_id=self.id, person_id=PersonId(person_id), expires_at=self.expires_at)]

    @property
    def is_made_by_others(self) -> bool:
        """Whether somebody else lets the person in: it is of no browser."""
        return not self.browser_hash

    def is_of(self, browser_hash: str) -> bool:
        """Whether that browser has asked."""
        return self.is_made_by_others or are_equal(self.browser_hash, browser_hash)

    def is_open(self, at: datetime) -> bool:
        """Whether it may still let its person in."""
        return (
            bool(self.person_id)
            and self.expires_at is not None
            and at < self.expires_at
            and self.used_at is None
            and self.wrong_codes < TRIES
        )

    def use(self, browser_hash: str, at: datetime) -> bool:
        """Use the request up; returns False if it lets nobody in, also the second time."""
        if not (self.is_open(at) and self.is_of(browser_hash)):
            return False
        self.used_at = at
        return True

    def note_wrong_code(self, browser_hash: str, at: datetime) -> list[Event]:
        """Count a code that is not the mail's, shown by the browser that asked; the last one ends the request."""
        if not (self.is_open(at) and self.is_of(browser_hash)):
            return []
        self.wrong_codes += 1
        if self.wrong_codes < TRIES:
            return []
        return [SignInGuessed(request_id=self.id, person_id=PersonId(self.person_id))]


class AnswerSignInRequest(Timer):
    """Look up whose address it is, and send the mail if it is somebody's."""

    request_id: str
