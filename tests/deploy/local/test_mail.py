import json
import resource
import smtplib
import socket
from email.message import EmailMessage
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.mail import FOLDER, MailFolder, NoSuchMail, StoredMail, app, mail_server

CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def mail(to: str = "Noor <noor@example.org>", subject: str = "Hello") -> EmailMessage:
    """A mail with all that one can have."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "us@example.org", to, subject
    message["Date"] = "Mon, 01 Mar 2027 12:30:00 +0000"
    message.set_content("Grüße\n")
    message.add_alternative("<p>Grüße</p>", subtype="html")
    message.add_alternative(CALENDAR.encode(), maintype="text", subtype="calendar")
    return message


def send(port: int, message: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.send_message(message)


def kept(folder: Path, *messages: EmailMessage) -> list[StoredMail]:
    return [MailFolder(folder).keep(message.as_bytes()) for message in messages]


def run(folder: Path, *words: str) -> str:
    """What the command prints; it must succeed."""
    result = CliRunner().invoke(app, [*words, "--folder", str(folder)], env={"COLUMNS": "120"})
    assert result.exit_code == 0, result.output
    return result.output


def test_a_mail_that_is_sent_is_found_in_the_folder(tmp_path: Path) -> None:
    with mail_server(tmp_path) as port:
        send(port, mail(subject="Zoë says hello"))
    (found,) = MailFolder(tmp_path / FOLDER).newest()
    assert (found.to, found.subject) == ("Noor <noor@example.org>", "Zoë says hello")
    assert found.part("text/calendar") == CALENDAR.encode()
    assert found.path.suffix == ".eml"


def test_an_address_beyond_ascii_is_taken(tmp_path: Path) -> None:
    with mail_server(tmp_path) as port:
        send(port, mail(to="jörg@müller.example"))
    (found,) = MailFolder(tmp_path / FOLDER).newest()
    assert found.to == "jörg@müller.example"


def test_the_server_has_the_same_port_again_and_its_mails_are_still_there(tmp_path: Path) -> None:
    with mail_server(tmp_path) as first:
        send(first, mail())
    with mail_server(tmp_path) as second:
        send(second, mail())
    assert first == second
    assert len(list(MailFolder(tmp_path / FOLDER).newest())) == 2


def test_the_server_stops_although_somebody_is_connected(tmp_path: Path) -> None:
    with mail_server(tmp_path) as port:
        connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        assert connection.recv(3) == b"220"
    with connection, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)


def test_a_mail_that_cannot_be_kept_is_to_be_sent_again(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file is where the folder should be")
    with mail_server(tmp_path) as port, pytest.raises(smtplib.SMTPDataError, match="451"):
        send(port, mail())


def test_mails_are_listed_the_latest_first(tmp_path: Path) -> None:
    first, second, third = kept(tmp_path, mail(subject="one"), mail(subject="two"), mail(subject="three"))
    assert [each.id for each in MailFolder(tmp_path).newest()] == [third.id, second.id, first.id]
    assert first.received_at <= second.received_at <= third.received_at


def test_mails_to_one_person_are_found_whatever_the_case(tmp_path: Path) -> None:
    kept(tmp_path, mail(to="Ada <ada@example.org>"), mail())
    (found,) = MailFolder(tmp_path).newest(to="ADA@")
    assert found.to == "Ada <ada@example.org>"


def test_a_mail_that_was_only_half_written_is_not_listed(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            MailFolder(tmp_path).keep(b"Subject: long\n\n" + b"." * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) != []
    assert list(MailFolder(tmp_path).newest()) == []


def test_an_unknown_id_is_an_error_that_says_where_the_ids_are(tmp_path: Path) -> None:
    with pytest.raises(NoSuchMail, match="`ithaca mail list` shows the ids"):
        MailFolder(tmp_path).find("deadbeef")
    result = CliRunner().invoke(app, ["show", "deadbeef", "--folder", str(tmp_path)])
    assert result.exit_code == 1
    assert "ithaca mail list" in result.stderr


def test_list_prints_a_table(tmp_path: Path) -> None:
    (stored,) = kept(tmp_path, mail(subject="[red]Hello"))
    output = run(tmp_path, "list")
    for fact in (stored.id, "noor@example.org", "[red]Hello"):
        assert fact in output


def test_list_prints_json_for_programs(tmp_path: Path) -> None:
    stored = kept(tmp_path, mail(subject="one"), mail(subject="two"))[1]
    assert json.loads(run(tmp_path, "list", "--json", "--limit", "1")) == [
        {
            "id": stored.id,
            "received_at": stored.received_at.isoformat(),
            "to": "Noor <noor@example.org>",
            "subject": "two",
        }
    ]


def test_list_says_that_there_is_no_mail(tmp_path: Path) -> None:
    assert "No mail yet" in run(tmp_path, "list")
    kept(tmp_path, mail())
    assert "No such mail" in run(tmp_path, "list", "--to", "ada")
    assert json.loads(run(tmp_path, "list", "--to", "ada", "--json")) == []


def test_the_folder_is_by_default_in_the_home_of_the_local_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ITHACA_HOME", str(tmp_path))
    (stored,) = kept(tmp_path / FOLDER, mail())
    assert stored.id in CliRunner().invoke(app, ["list"]).output


def test_show_prints_the_text(tmp_path: Path) -> None:
    (stored,) = kept(tmp_path, mail())
    output = run(tmp_path, "show", stored.id)
    assert "To: Noor <noor@example.org>\nDate: Mon, 01 Mar 2027" in output
    assert output.endswith("\n\nGrüße\n\n")


def test_show_prints_nothing_that_steers_a_terminal(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "\x1b[2Jgone"
    message.set_content("\x1b[2Jgone")
    (stored,) = kept(tmp_path, message)
    assert "\x1b" not in run(tmp_path, "show", stored.id) + run(tmp_path, "list")


def test_show_writes_the_html_to_a_file(tmp_path: Path) -> None:
    (stored,) = kept(tmp_path, mail())
    page = tmp_path / "mail.html"
    assert str(page) in run(tmp_path, "show", stored.id, "--html", str(page))
    assert page.read_text().strip() == "<p>Grüße</p>"


def test_show_prints_the_calendar_entry_byte_for_byte(tmp_path: Path) -> None:
    (stored,) = kept(tmp_path, mail())
    result = CliRunner().invoke(app, ["show", stored.id, "--ics", "--folder", str(tmp_path)])
    assert result.stdout_bytes == CALENDAR.encode()


def test_a_mail_without_a_calendar_entry_says_so(tmp_path: Path) -> None:
    message = EmailMessage()
    message.set_content("Hello")
    (stored,) = kept(tmp_path, message)
    result = CliRunner().invoke(app, ["show", stored.id, "--ics", "--folder", str(tmp_path)])
    assert result.exit_code == 1
    assert "has no part of the type text/calendar" in result.stderr


@pytest.mark.parametrize("command", ["list", "show"])
def test_the_help_of_a_command_has_an_example(command: str) -> None:
    assert f"Example: ithaca mail {command}" in CliRunner().invoke(app, [command, "--help"]).output
