"""The settings of notify beyond those of every service: how mail is sent."""

from typing import Any

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.notify.email.delivery import MailServer
from services.notify.mailbox import EmailAddress
from shared.sign_in_secrets import SignInSettings

NOTHING: Any = {}  # validated like any value, so that what is missing is named one by one


class NotifySettings(SignInSettings):
    """The options of the mail server are settings of their own, such as `ITHACA_SMTP_HOST`."""

    model_config = SettingsConfigDict(env_nested_delimiter="_", env_nested_max_split=1)

    smtp: MailServer = Field(default=NOTHING, validate_default=True)
    mail_from: EmailAddress = Field(description="The address that all mail comes from; the mail server must allow it")
    reply_to: EmailAddress | None = Field(
        default=None, description="Where answers to mails go; without it to the address that they come from"
    )
    links: str | None = Field(
        default=None, pattern=r"^https?://", description="Where the pages are that mails lead to; without it, no links"
    )

    def leads_to(self, service: str) -> dict[str, tuple[str, str]]:
        """See `Settings`: mails lead to pages of the console."""
        pages = {"ITHACA_LINKS": (self.links.rstrip("/"), "console")} if self.links else {}
        return super().leads_to(service) | pages
