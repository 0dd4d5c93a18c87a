"""The mail of a local system: a server that keeps every mail in a folder, and `ithaca mail` to read them."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from pathlib import Path
from typing import Annotated

import typer
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.local.folders import LOOPBACK, port
from deploy.local.processes import CannotStart
from deploy.local.settings import LocalSettings
from shared.text import visible

FOLDER = "mail"
RECEIVED = "%Y%m%dT%H%M%S.%fZ"


class NoSuchMail(Exception):
    """No mail has this id; the message says where they are listed."""


@dataclass(frozen=True)
class StoredMail:
    """One mail of the folder. Its file is named for when it came and for its id, so that names sort by time."""

    path: Path

    @property
    def id(self) -> str:
        """What `ithaca mail show` takes."""
        return self.path.stem.rpartition("-")[2]

    @property
    def received_at(self) -> datetime:
        """When the server took it, in UTC."""
        return datetime.strptime(self.path.stem.rpartition("-")[0], RECEIVED).replace(tzinfo=UTC)

    @property
    def to(self) -> str:
        """Who it is for, as its header says."""
        return visible(str(self.message["To"] or ""))

    @property
    def subject(self) -> str:
        """What it is about, as its header says."""
        return visible(str(self.message["Subject"] or ""))

    @cached_property
    def message(self) -> EmailMessage:
        """The whole mail."""
        return message_from_bytes(self.path.read_bytes(), _class=EmailMessage, policy=default)

    def part(self, content_type: str) -> bytes | None:
        """The content of the first part of that type, such as text/html; None if there is none."""
        parts = (part for part in self.message.walk() if part.get_content_type() == content_type)
        content = next((part.get_payload(decode=True) for part in parts), None)
        return content if isinstance(content, bytes) else None


class MailFolder:
    """Mails as files, in the order in which they came."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, content: bytes) -> StoredMail:
        """Add a mail; whoever reads the folder sees it whole or not at all."""
        self.path.mkdir(parents=True, exist_ok=True)
        mail = self.path / f"{datetime.now(UTC):{RECEIVED}}-{secrets.token_hex(4)}.eml"
        draft = mail.with_suffix(".part")
        draft.write_bytes(content)
        draft.replace(mail)
        return StoredMail(mail)

    def newest(self, to: str = "") -> Iterator[StoredMail]:
        """The mails, the latest first; only those with `to` in their To header, whatever the case."""
        for path in sorted(self.path.glob("*Z-*.eml"), reverse=True):
            mail = StoredMail(path)
            if to.casefold() in mail.to.casefold():
                yield mail

    def find(self, mail_id: str) -> StoredMail:
        """The mail with this id; raises NoSuchMail."""
        for mail in self.newest():
            if mail.id == mail_id:
                return mail
        raise NoSuchMail(f"There is no mail {mail_id!r} in {self.path}. `ithaca mail list` shows the ids.")


@contextmanager
def mail_server(home: Path) -> Iterator[int]:
    """Take mail on the loopback port that it yields, and keep it in a folder of `home`, until the block ends.

    Raises CannotStart.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = port(home, FOLDER)
    server = Controller(_Keeper(MailFolder(home / FOLDER)), LOOPBACK, number, server_hostname="localhost")
    try:
        server.start()
    except OSError as error:
        raise CannotStart(
            f"The mail server cannot listen on port {number}: {error}. Try again: it takes a free one."
        ) from error
    try:
        yield number
    finally:
        server.stop()


class _Keeper:
    """What the mail server does with a mail."""

    def __init__(self, folder: MailFolder) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        try:
            mail = self._folder.keep(envelope.original_content or b"")
        except OSError as error:
            return f"451 The mail cannot be kept: {error.strerror}"
        return f"250 Kept as {mail.id}"


app = typer.Typer(
    help="Read the mail that the local system has sent.",
    epilog="Example: ithaca mail list",
    no_args_is_help=True,
    add_completion=False,
)

Folder = Annotated[Path | None, typer.Option(help="Where the mails are; by default in the local system's home.")]


@app.command("list", epilog="Example: ithaca mail list --to mentee07 --limit 5")
def show_list(
    to: Annotated[str, typer.Option(help="Only mails with this in their To header.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    folder: Folder = None,
) -> None:
    """List the mails, the latest first."""
    chosen = _folder(folder)
    mails = [mail for mail, _ in zip(chosen.newest(to), range(limit), strict=False)]
    if as_json:
        typer.echo(json.dumps([_facts(mail) for mail in mails], indent=2))
    elif mails:
        Console().print(_table(mails))
    else:
        typer.echo(f"No such mail in {chosen.path}." if to else f"No mail yet in {chosen.path}.")


@app.command("show", epilog="Example: ithaca mail show 1f0c9a3e --html mail.html")
def show_mail(
    mail_id: Annotated[str, typer.Argument(metavar="ID", help="As `ithaca mail list` shows it.")],
    html: Annotated[Path | None, typer.Option(help="Write the HTML to this file, for a browser.")] = None,
    ics: Annotated[bool, typer.Option("--ics", help="Print the calendar entry instead of the text.")] = False,
    folder: Folder = None,
) -> None:
    """Show one mail: its text, its calendar entry, or its HTML in a file."""
    try:
        mail = _folder(folder).find(mail_id)
    except NoSuchMail as error:
        raise _stop(str(error)) from error
    if html:
        html.write_bytes(_part(mail, "text/html"))
        typer.echo(f"Written to {html}")
    elif ics:
        typer.echo(_part(mail, "text/calendar"), nl=False)
    else:
        typer.echo(_letter(mail))


def _folder(path: Path | None) -> MailFolder:
    return MailFolder(path or LocalSettings().home / FOLDER)


def _facts(mail: StoredMail) -> dict[str, str]:
    return {"id": mail.id, "received_at": mail.received_at.isoformat(), "to": mail.to, "subject": mail.subject}


def _table(mails: list[StoredMail]) -> Table:
    table = Table("id", "time", "to", "subject")
    for mail in mails:
        received = mail.received_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(mail.id, received, Text(mail.to), Text(mail.subject))
    return table


def _letter(mail: StoredMail) -> str:
    shown = [name for name in ("From", "To", "Date", "Subject") if name in mail.message]
    headers = [f"{name}: {visible(str(mail.message[name]))}" for name in shown]
    return "\n".join([*headers, "", visible(_part(mail, "text/plain").decode(errors="replace"))])


def _part(mail: StoredMail, content_type: str) -> bytes:
    content = mail.part(content_type)
    if content is None:
        raise _stop(f"Mail {mail.id} has no part of the type {content_type}.")
    return content


def _stop(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(1)
