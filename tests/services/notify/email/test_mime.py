from email import message_from_bytes, message_from_string
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, SMTPUTF8, default

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.notify.email.mime import compose
from services.notify.mailbox import Mailbox
from services.notify.wording.renderer import Rendered
from tests.examples import examples
from tests.services.notify.email.letters import INVITATION, letter


def received(message: EmailMessage) -> EmailMessage:
    """The message as a reader gets it."""
    return message_from_bytes(message.as_bytes(), _class=EmailMessage, policy=default)


def tree(part: MIMEPart) -> object:
    """The types of a message and of its parts."""
    kind = part.get_content_type()
    return (kind, [tree(child) for child in part.iter_parts()]) if part.is_multipart() else kind


def part(message: EmailMessage, kind: str) -> EmailMessage:
    (found,) = (part for part in message.walk() if part.get_content_type() == kind)
    return found


def test_a_message_has_a_text_and_the_same_in_html() -> None:
    message = received(compose(letter()))
    assert tree(message) == ("multipart/alternative", ["text/plain", "text/html"])
    assert part(message, "text/plain").get_content().splitlines() == ["Grüße", "-- ", "us"]
    assert part(message, "text/html").get_content().splitlines() == ["<p>Grüße</p>"]


def test_a_calendar_entry_is_the_last_alternative_and_a_file() -> None:
    message = received(compose(letter(calendar=INVITATION)))
    alternative = ("multipart/alternative", ["text/plain", "text/html", "text/calendar"])
    assert tree(message) == ("multipart/mixed", [alternative, "application/ics"])


def test_the_calendar_part_names_its_method_and_arrives_byte_for_byte() -> None:
    message = received(compose(letter(calendar=INVITATION)))
    calendar, file = part(message, "text/calendar"), part(message, "application/ics")
    assert calendar["Content-Type"].params == {"charset": "utf-8", "method": "REQUEST"}
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert calendar.get_payload(decode=True) == file.get_payload(decode=True) == INVITATION.text.encode()
    assert file.get_filename() == "invite.ics"


def test_a_message_says_who_when_and_that_a_machine_wrote_it() -> None:
    message = received(compose(letter()))
    assert message["From"] == "Harbor Community <mentoring@example.org>"
    assert message["To"] == "Noor Haddad <noor@example.org>"
    assert message["Subject"] == "Zoë says hello"
    assert message["Date"] == "Mon, 01 Mar 2027 12:30:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_retry_has_the_same_message_id_and_another_notification_another() -> None:
    assert compose(letter())["Message-ID"] == compose(letter())["Message-ID"] == "<0199-notification@example.org>"
    assert compose(letter(notification_id="0199-other"))["Message-ID"] == "<0199-other@example.org>"


def test_a_message_id_is_ascii_without_blanks_whatever_the_notification_is_called() -> None:
    sender = Mailbox(name="Us", address="us@münchen.example")
    message_id = compose(letter(notification_id="a/b c>ü", sender=sender))["Message-ID"]
    assert message_id == "<a%2Fb%20c%3E%C3%BC@xn--mnchen-3ya.example>"


def test_mail_to_an_ascii_address_is_ascii_throughout() -> None:
    assert compose(letter(name="Zoë 😀", calendar=INVITATION)).as_bytes(policy=SMTP).isascii()


def test_an_address_beyond_ascii_is_kept() -> None:
    message = compose(letter(to="jörg@müller.example"))
    text = message.as_bytes(policy=SMTPUTF8).decode()
    assert "To: Noor Haddad <jörg@müller.example>" in text


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"])
def test_a_line_break_in_a_name_or_a_subject_adds_no_header(break_: str) -> None:
    attack = f"Noor{break_}Bcc: victim@example.org"
    content = Rendered(subject=attack, text="-", html="-")
    message = received(compose(letter(name=attack, content=content)))
    assert message["Bcc"] is None
    assert message["Subject"] == "Noor Bcc: victim@example.org"
    assert [address.addr_spec for address in message["To"].addresses] == ["noor@example.org"]


@pytest.mark.parametrize(
    "address",
    ["a@x.org\nBcc: b@x.org", "a@x.org, b@x.org", "Ann <a@x.org>", "a@b@x.org", "a b@x.org", "@x.org", "nobody"],
)
def test_what_is_not_one_address_is_refused_with_a_remedy_that_does_not_repeat_it(address: str) -> None:
    with pytest.raises(ValidationError, match=r"address\n.*give one such as name@example.org") as refused:
        Mailbox(name="Ann", address=address)
    assert address not in str(refused.value)


def recipients(name: str, to: str) -> list[str]:
    """Who gets a mail to somebody of that name, as a reader understands its header."""
    raw = compose(letter(name=name, to=to)).as_bytes(policy=SMTP if to.isascii() else SMTPUTF8)
    return [address.addr_spec for address in message_from_string(raw.decode(), policy=default)["To"].addresses]


@pytest.mark.parametrize("to", ["noor@example.org", "jörg@müller.example"])
@pytest.mark.parametrize("name", ["Noor " * 15 + ", victim@example.org", '"' * 40 + ", victim@example.org, b"])
def test_a_name_that_is_too_long_for_a_line_adds_nobody(name: str, to: str) -> None:
    assert recipients(name, to) == [to]


@examples(50)
@given(name=st.text("ab ,;:\"'\\<>()@[].=?_éß漢", max_size=120) | st.text(max_size=80))
def test_no_name_changes_who_gets_the_mail(name: str) -> None:
    for to in ("noor@example.org", "jörg@müller.example"):
        assert recipients(name, to) == [to]
