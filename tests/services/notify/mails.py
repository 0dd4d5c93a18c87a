"""Mails as a server on the loopback has taken them."""

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from services.notify.email.delivery import MailServer
from tests.scenario import Scenario
from tests.services.notify.mail_servers import Postmaster

NOW = timedelta()


def use(server: MailServer, settings: pytest.MonkeyPatch) -> None:
    """Send mail to that server."""
    settings.setenv("ITHACA_SMTP_HOST", server.host)
    settings.setenv("ITHACA_SMTP_PORT", str(server.port))
    settings.setenv("ITHACA_SMTP_SECURITY", server.security)


def sent(scenario: Scenario, postmaster: Postmaster) -> list[EmailMessage]:
    """The mails that are taken when everything is done that is due now, the mentor's before the mentee's."""
    taken = len(postmaster.taken)
    scenario.advance(NOW).perform()
    mails = [
        message_from_bytes(envelope.original_content or b"", _class=EmailMessage, policy=default)
        for envelope in postmaster.taken[taken:]
    ]
    return sorted(mails, key=lambda mail: str(mail["To"]))


def text(mail: EmailMessage) -> str:
    """Its plain text."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def calendar(mail: EmailMessage) -> str:
    """Its calendar entry, with folded lines put together."""
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode().replace("\r\n ", "")
