"""A message as an e-mail (RFC 5322)."""

from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.notify.calendar.model import CalendarMessage
from services.notify.email import headers
from services.notify.mailbox import EmailAddress, Mailbox
from services.notify.wording.renderer import Rendered


class Letter(BaseModel):
    """What one mail is made of: `notification_id` makes it the same mail each time that it is sent.

    Mail programs offer a button for those that can be stopped: they post to `stops_at` (RFC 8058).
    """

    model_config = ConfigDict(frozen=True)

    notification_id: str
    written_at: AwareDatetime
    sender: Mailbox
    recipient: Mailbox
    reply_to: EmailAddress | None = None
    stops_at: str | None = None
    content: Rendered
    calendar: CalendarMessage | None = None


def compose(letter: Letter) -> EmailMessage:
    """Compose a MIME message: mixed(alternative(plain, html, calendar), invite.ics), or the alternative alone.

    Programs that know calendars take the last part of the alternative, with its method; the others show the file.
    """
    # The policy sets the line ends that a calendar must keep inside of Base64.
    message = EmailMessage(policy=SMTP)
    message["From"] = headers.mailbox("From", letter.sender)
    message["To"] = headers.mailbox("To", letter.recipient)
    message["Subject"] = headers.subject(letter.content.subject)
    message["Date"] = letter.written_at
    message["Message-ID"] = _message_id(letter)
    if letter.reply_to:
        message["Reply-To"] = headers.EncodedHeader("Reply-To", letter.reply_to)
    if letter.stops_at:
        message["List-Unsubscribe"] = headers.EncodedHeader("List-Unsubscribe", f"<{letter.stops_at}>")
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.content.text, cte="quoted-printable")
    message.add_alternative(letter.content.html, subtype="html", cte="quoted-printable")
    if letter.calendar is not None:
        _invite(message, letter.calendar)
    return message


def _message_id(letter: Letter) -> str:
    domain = letter.sender.address.rpartition("@")[2].encode("idna").decode()
    return f"<{quote(letter.notification_id, safe='')}@{domain}>"


def _invite(message: EmailMessage, calendar: CalendarMessage) -> None:
    message.add_alternative(calendar.text, subtype="calendar", cte="base64", params={"method": calendar.method})
    message.add_attachment(calendar.text.encode(), maintype="application", subtype="ics", filename="invite.ics")
