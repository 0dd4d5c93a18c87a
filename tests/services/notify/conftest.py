"""A mail server that runs, and the settings that lead to it."""

from collections.abc import Iterator

import pytest

from services.notify.email.delivery import MailServer
from tests.services.notify.mail_servers import LOOPBACK, Postmaster, free_port, running
from tests.services.notify.mails import use


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The settings of notify, with a mail server that does not run."""
    monkeypatch.setenv("ITHACA_MAIL_FROM", "mentoring@harbor.example")
    monkeypatch.setenv("ITHACA_LINKS", "https://mentoring.example/app/")
    use(MailServer(host=LOOPBACK, port=free_port(), security="plain"), monkeypatch)
    return monkeypatch


@pytest.fixture
def postmaster(settings: pytest.MonkeyPatch) -> Iterator[Postmaster]:
    """A mail server that takes everything."""
    postmaster = Postmaster()
    with running(postmaster) as server:
        use(server, settings)
        yield postmaster
