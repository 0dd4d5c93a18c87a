"""The doctor compares public addresses with what answers there, and names the setting."""

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from services.intake.settings import IntakeSettings
from services.notify.settings import NotifySettings
from shared.doctor.addresses import DESCRIPTION, DISCOVERY, look
from shared.doctor.finding import Level, Notes, Part
from shared.settings import Settings

NOWHERE = "http://127.0.0.1:9"


@contextmanager
def answering(pages: Mapping[str, Any], address: str = "127.0.0.1") -> Iterator[str]:
    """Something that answers these at its paths, where `{here}` is its own address."""

    class Pages(BaseHTTPRequestHandler):
        """Answers."""

        def do_GET(self) -> None:
            """See `BaseHTTPRequestHandler`."""
            page = pages.get(self.path)
            self.send_response(404 if page is None else 200)
            self.end_headers()
            text = page if isinstance(page, str) else json.dumps(page)
            self.wfile.write(text.replace("{here}", here).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((address, 0), Pages)
    here = f"http://{address}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def discovery(issuer: str = "{here}", **others: str) -> dict[str, Any]:
    """What intake says of itself."""
    return {DISCOVERY: {"issuer": issuer, "token_endpoint": f"{issuer}/oauth/token", **others}}


def titled(title: str) -> dict[str, Any]:
    """How a service describes itself."""
    return {DESCRIPTION: {"info": {"title": title}}}


INTAKE = titled("Ithaca intake: organizations, programs")
CONSOLE = titled("Console: pages for people")


def found(settings: Settings, service: str = "matching") -> list[tuple[Level, str, str, str]]:
    """All findings: how bad, about what, what it is, and what to do."""
    notes = Notes(Part.SERVICES)
    asyncio.run(look(settings, service, notes))
    return [(one.level, one.name, one.found, one.remedy or "") for one in notes.findings]


def test_addresses_that_lead_where_they_should_are_said_to() -> None:
    with answering(discovery() | titled("Matching: who with whom")) as here:
        ((level, name, *_),) = found(Settings(issuer=here, public_url=here))
    assert (level, name) == (Level.OK, "addresses")


def test_a_service_that_has_another_issuer_than_intake_says_is_told_to_take_that_one() -> None:
    with answering(discovery("https://tokens.example.org")) as here:
        ((level, name, what, remedy),) = found(Settings(issuer=here))
    assert (level, name) == (Level.WRONG, "ITHACA_ISSUER")
    assert f"is {here} here, and intake, asked at {here}, says https://tokens.example.org" in what
    assert "Set ITHACA_ISSUER to the same public address" in remedy


def test_a_discovery_document_that_names_addresses_inside_is_found() -> None:
    with answering(discovery(jwks_uri="http://intake:8000/.well-known/jwks.json")) as here:
        ((level, name, what, _),) = found(Settings(issuer=here))
    assert (level, name, "jwks_uri" in what) == (Level.WRONG, "discovery", True)


def test_a_public_issuer_that_is_something_else_outside_than_inside_is_found() -> None:
    with answering(discovery("{here}")) as outside, answering(discovery("x")) as inside:
        pages = discovery(outside)
        with answering(pages) as inside_too:
            assert found(Settings(issuer=outside, issuer_inside=inside_too))[0][0] is Level.OK
        ((level, name, *_),) = found(Settings(issuer=outside, issuer_inside=inside))
    assert (level, name) == (Level.WRONG, "ITHACA_ISSUER")


def test_a_public_issuer_that_does_not_answer_from_here_is_a_warning() -> None:
    with answering(discovery(NOWHERE)) as inside:
        ((level, name, what, _),) = found(Settings(issuer=NOWHERE, issuer_inside=inside))
    assert (level, name, "gives no answer" in what) == (Level.WARNING, "ITHACA_ISSUER", True)


def test_a_public_address_of_another_service_is_found() -> None:
    with answering(discovery() | titled("Sessions: the relationship at work")) as here:
        ((level, name, what, remedy),) = found(Settings(issuer=here, public_url=here))
    assert (level, name, "not to matching" in what) == (Level.WRONG, "ITHACA_PUBLIC_URL", True)
    assert "Set ITHACA_PUBLIC_URL to where matching is reached from outside" in remedy


@pytest.mark.parametrize(
    ("pages", "level"), [(CONSOLE, Level.OK), (INTAKE, Level.WRONG), ({DESCRIPTION: "<html>"}, Level.WARNING)]
)
def test_links_of_mails_that_lead_to_no_pages_are_found(
    monkeypatch: pytest.MonkeyPatch, pages: Mapping[str, Any], level: Level
) -> None:
    monkeypatch.setenv("ITHACA_SMTP_HOST", "mail")
    monkeypatch.setenv("ITHACA_SMTP_PORT", "25")
    with answering(discovery()) as issuer, answering(pages) as links:
        settings = NotifySettings(issuer=issuer, links=links, mail_from="ithaca@example.org")
        ((found_level, name, *_),) = found(settings, "notify")
    assert (found_level, name) == (level, "addresses" if level is Level.OK else "ITHACA_LINKS")


def test_intake_looks_whether_its_own_public_address_is_it(tmp_path: Any) -> None:
    with answering(discovery() | CONSOLE) as here:
        settings = IntakeSettings(issuer=here, signing_key_file=tmp_path / "keys.json")
        ((level, name, what, _),) = found(settings, "intake")
    assert (level, name, "not to intake" in what) == (Level.WRONG, "ITHACA_ISSUER", True)


def test_an_intake_that_does_not_answer_is_said_once_and_elsewhere() -> None:
    assert [name for _, name, *_ in found(Settings(issuer=NOWHERE))] == ["addresses"]
