"""Whose an account at the organization's provider is, and which answers of it were used."""

from datetime import datetime, timedelta

from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal
from shared.ids import moment_of

STATE_LASTS = timedelta(minutes=10)
"""How long somebody may take to sign in at the provider."""


class ProviderSignInRefused(Refusal):
    """What comes back from the provider lets nobody in; the answer does not say why."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "This sign-in was finished already, took longer than ten minutes, or belongs to another browser: begin "
            "again, in the browser that you want to use."
        )


class AddressOfAnother(Refusal):
    """An account is one person's, and its address another one's."""

    status = 403


class OtherAccount(Refusal):
    """A person signs in by one account at the provider."""

    status = 403


class ProviderAnswer(Aggregate, name="provider_answer"):
    """An answer of the provider to one request; its id says when the request was made."""

    used_at: datetime | None = None

    def use(self, at: datetime) -> bool:
        """Use it up; returns False for the second time, and when the request was too long ago."""
        if self.used_at is not None or not is_open(self.id, at):
            return False
        self.used_at = at
        return True


def is_open(request_id: str, at: datetime) -> bool:
    """Whether a request may still be answered."""
    return moment_of(request_id) <= at < moment_of(request_id) + STATE_LASTS


class ProviderAccount(Aggregate, name="provider_account"):
    """Whose account at a provider it is. Its id follows from the provider and from its own id of the person."""

    person_id: str | None = None

    def claim(self, person_id: str, whose_address_it_is: str | None) -> None:
        """Note whose it is; raises `AddressOfAnother` if its e-mail address is somebody else's."""
        if whose_address_it_is not in (None, person_id):
            raise AddressOfAnother(
                "You signed in here before, and now the provider says an e-mail address that is another person's: "
                "ask an admin to look whose address it is, and have the provider say yours."
            )
        self.person_id = person_id
