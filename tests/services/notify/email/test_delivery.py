import asyncio
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from services.notify.email.delivery import MailServer, NotDelivered, Refused, Sent, deliver
from services.notify.email.mime import compose
from tests.services.notify.email.letters import INVITATION, letter
from tests.services.notify.mail_servers import (
    LOOPBACK,
    Postmaster,
    certified,
    free_port,
    only_noor,
    running,
    silent,
)


def send(server: MailServer, to: str = "noor@example.org") -> Sent | Refused:
    return asyncio.run(deliver(compose(letter(to=to, calendar=INVITATION)), server))


def secured(server: MailServer, security: str, word: str) -> MailServer:
    """The same server, spoken to over TLS as Noor."""
    return server.model_copy(update={"security": security, "username": "noor", "password": SecretStr(word)})


def test_a_server_gets_the_mail_as_it_was_composed() -> None:
    postmaster = Postmaster()
    with running(postmaster) as server:
        assert send(server) == Sent()
    (envelope,) = postmaster.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("mentoring@example.org", ["noor@example.org"])
    message = message_from_bytes(envelope.original_content or b"", policy=default)
    assert message["Message-ID"] == "<0199-notification@example.org>"
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in message.walk()}
    assert parts["text/calendar"] == parts["application/ics"] == INVITATION.text.encode()
    assert parts["text/plain"] == "Grüße\r\n-- \r\nus\r\n".encode()


def test_an_address_beyond_ascii_reaches_a_server_that_takes_it() -> None:
    postmaster = Postmaster()
    with running(postmaster) as server:
        assert send(server, to="jörg@müller.example") == Sent()
    (envelope,) = postmaster.taken
    assert envelope.rcpt_tos == ["jörg@müller.example"]
    assert envelope.smtp_utf8


def test_a_server_that_takes_only_ascii_refuses_such_an_address_for_good() -> None:
    with running(Postmaster(), enable_SMTPUTF8=False) as server:
        refused = send(server, to="jörg@müller.example")
    assert isinstance(refused, Refused)
    assert refused.code == 553


@pytest.mark.parametrize(
    ("step", "answer", "code"),
    [
        ("rcpt", "550 5.1.1 No such person", 550),
        ("mail", "552 5.3.4 Too large", 552),
        ("data", "554 5.6.0 Not wanted", 554),
    ],
)
def test_a_refusal_for_good_has_the_code_and_the_words_of_the_server(step: str, answer: str, code: int) -> None:
    with running(Postmaster(**{step: answer})) as server:
        assert send(server) == Refused(code=code, reason=answer[4:])


@pytest.mark.parametrize(
    ("step", "answer", "code"),
    [
        ("rcpt", "450 4.2.1 Come back later", 450),
        ("mail", "451 4.3.0 Out of order", 451),
        ("data", "452 4.3.1 Disk full", 452),
        ("mail", "530 5.7.0 Log in first", 530),
    ],
)
def test_what_may_pass_is_worth_another_try(step: str, answer: str, code: int) -> None:
    with running(Postmaster(**{step: answer})) as server, pytest.raises(NotDelivered, match=answer[4:]) as failure:
        send(server)
    assert failure.value.code == code


def test_a_server_that_does_not_run_is_worth_another_try() -> None:
    server = MailServer(host=LOOPBACK, port=free_port(), security="plain")
    with pytest.raises(NotDelivered) as failure:
        send(server)
    assert failure.value.code is None


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    with silent() as server, pytest.raises(NotDelivered):
        send(server)


def test_a_name_that_does_not_resolve_is_worth_another_try() -> None:
    with pytest.raises(NotDelivered):
        send(MailServer(host="mail.invalid", port=25, security="plain", timeout=5))


def test_a_mail_is_never_sent_in_the_clear_where_encryption_was_asked_for() -> None:
    postmaster = Postmaster()
    with running(postmaster) as server, pytest.raises(NotDelivered, match="STARTTLS"):
        send(server.model_copy(update={"security": "starttls"}))
    assert postmaster.taken == []


def test_a_password_is_sent_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, certificate = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with running(Postmaster(), ssl_context=context, authenticator=only_noor, auth_require_tls=False) as server:
        assert send(secured(server, "tls", "right")) == Sent()


def test_a_password_is_sent_after_starttls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, certificate = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with running(Postmaster(), tls_context=context, authenticator=only_noor, auth_required=True) as server:
        assert send(secured(server, "starttls", "right")) == Sent()


def test_a_wrong_password_is_our_fault_and_not_the_mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, certificate = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with (
        running(Postmaster(), tls_context=context, authenticator=only_noor) as server,
        pytest.raises(NotDelivered) as failure,
    ):
        send(secured(server, "starttls", "wrong"))
    assert failure.value.code == 535


def test_a_server_that_cannot_prove_its_name_gets_nothing(tmp_path: Path) -> None:
    context, _ = certified(tmp_path)
    postmaster = Postmaster()
    with running(postmaster, ssl_context=context) as server, pytest.raises(NotDelivered, match="certificate"):
        send(server.model_copy(update={"security": "tls"}))
    assert postmaster.taken == []


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        ({"username": "noor"}, "give both, or neither"),
        ({"username": "noor", "password": "right", "security": "plain"}, "use starttls or tls"),
        ({"port": 0}, "port"),
        ({"timeout": 0}, "timeout"),
    ],
)
def test_a_server_that_is_described_wrongly_is_refused(settings: dict[str, object], remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        MailServer.model_validate({"host": LOOPBACK, "port": 25} | settings)
