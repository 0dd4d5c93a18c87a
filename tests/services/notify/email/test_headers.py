"""What a person typed is in a header as text, and never as a header."""

from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP, SMTPUTF8, compat32, default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.email.mime import compose
from services.notify.mailbox import Mailbox
from services.notify.wording.renderer import Rendered
from shared.text import one_line
from tests.examples import examples
from tests.services.notify.email.letters import INVITATION, letter

OURS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]


def encoded_word(text: str, encoding: str = "q") -> str:
    """What looks encoded already, as somebody might type it."""
    return f"=?utf-8?{encoding}?{''.join(f'={byte:02x}' for byte in text.encode())}?="


PAYLOADS = [
    encoded_word("\r\nBcc: evil@evil.example"),
    encoded_word("\r\n\r\nPay at evil.example"),
    "=?utf-8?b?DQpCY2M6ZUBlLmVl?=",
    encoded_word("\nReply-To: evil@evil.example"),
    encoded_word("x\r\nContent-Type: text/html\r\n\r\n<h1>Pay</h1>"),
    "=?utf-8?b?eA0KUmVwbHktVG86ZXZpbEBldmlsLmV4YW1wbGU=?=",
    "=?iso-8859-1?q?a=0aBcc:b?= =?utf-8?q?c=0dBcc:d?=",
    "=?utf-8*en?q?=0d=0aBcc:x?=",
    "a\r\nBcc: x@x.x",
    "Ann <evil@evil.example>, Bob",
    '"; Bcc: x@x.x',
    "Ann\\\r\n Bcc: x@x.x",
    "(comment) Ann",
    "Ann:;",
    "=?utf-8?q?half",
    "?= =?",
    "=?utf-8?q?" + "=0d=0a" * 60 + "Bcc:x?=",
]
HOSTILE = st.one_of(
    st.sampled_from(PAYLOADS),
    st.text(max_size=150),
    st.text('=?utf-8qbBcC:\r\n 0daA@.<>,;"\\()_é漢', max_size=150),
    st.builds(encoded_word, st.text(max_size=40)),
    st.builds("{} {}".format, st.text(max_size=20), st.sampled_from(PAYLOADS)),
)


def as_sent(name: str, organization: str, subject: str) -> bytes:
    """A mail whose every text somebody has typed, with its calendar part."""
    content = Rendered(subject=subject, text="The text.\n", html="<p>The text.</p>\n")
    sender = Mailbox(name=organization, address="mentoring@example.org")
    return compose(letter(name=name, sender=sender, content=content, calendar=INVITATION)).as_bytes(policy=SMTP)


def check(raw: bytes) -> EmailMessage:
    """It has exactly our headers and our bodies, to readers of both kinds."""
    old = message_from_bytes(raw, policy=compat32)
    read: EmailMessage = message_from_bytes(raw, _class=EmailMessage, policy=default)
    for message in (old, read):
        assert [name for name, _ in message.items()] == [*OURS]
        texts = [part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/plain"]
        assert texts == [b"The text.\r\n"]
    head = raw.split(b"\r\n\r\n")[0]
    assert head.isascii()
    assert all(len(line) < 200 for line in head.split(b"\r\n"))
    assert not {*head.replace(b"\r\n", b"")} & {*b"\r\n"}
    return read


def address(message: Message, header: str) -> tuple[str, str]:
    """The only mailbox of a header, as a reader understands it; Python's puts blanks into a long name."""
    (found,) = message[header].addresses  # type: ignore[union-attr]  # as these two headers have
    return "".join(found.display_name.split()), found.addr_spec


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_looks_encoded_is_shown_as_it_was_typed(payload: str) -> None:
    message = check(as_sent(payload, payload, f"Would you be the mentor of {payload}?"))
    if len(payload) < 100:
        assert message["Subject"] == one_line(f"Would you be the mentor of {payload}?")
        assert address(message, "To") == ("".join(one_line(payload).split()), "noor@example.org")


@examples(150)
@given(name=HOSTILE, organization=HOSTILE, subject=HOSTILE)
def test_a_mail_has_exactly_our_headers_and_bodies(name: str, organization: str, subject: str) -> None:
    message = check(as_sent(name, organization, subject))
    assert address(message, "To")[1] == "noor@example.org"
    assert address(message, "From")[1] == "mentoring@example.org"


@pytest.mark.parametrize(
    "name", ["Zoë Weiß", "Ann Lee", "Dr. Ann Lee, Jr.", "O'Brien", "王小明", "👩‍👩‍👧 Family", "a" * 120]
)
def test_a_name_is_read_as_it_is_written(name: str) -> None:
    for policy in (SMTP, SMTPUTF8):
        raw = compose(letter(name=name)).as_bytes(policy=policy)
        assert address(message_from_bytes(raw, _class=EmailMessage, policy=default), "To")[0] == name.replace(" ", "")


def test_a_subject_that_is_long_is_in_lines_of_its_own() -> None:
    subject = "Grüße und noch mehr " * 12
    message = check(as_sent("Ann", "Org", subject))
    assert message["Subject"] == subject.strip()
