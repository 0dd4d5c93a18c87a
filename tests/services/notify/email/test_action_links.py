"""Where letters lead that can be answered without signing in: each by a link of its reader's own."""

import re
from base64 import b64encode
from datetime import timedelta
from email.message import EmailMessage

import pytest

from shared.contracts.event import Event
from shared.sign_in_secrets import Action, SignInSecrets
from tests.scenario import START
from tests.services.notify.harbor import HOUR, INVITED, PROPOSED, SCHEDULED, harbor, scheduled
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import sent, text

KEY = b"k" * 32
LINK = re.compile(r"https://mentoring\.example/app/a/(\S+)")


@pytest.fixture
def keyed(settings: pytest.MonkeyPatch) -> None:
    """The key that notify and intake have in common."""
    settings.setenv("ITHACA_SIGN_IN_KEY", b64encode(KEY).decode())


def action(mail: EmailMessage) -> Action:
    """What the link of a mail is for, beside that which stops others like it."""
    (link,) = {link for link in LINK.findall(text(mail)) if not link.startswith("letters.")}
    found = SignInSecrets([KEY]).action_of(link)
    assert found, "the link is one that intake knows"
    assert link in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]  # it has one
    return found


@pytest.mark.usefixtures("keyed")
@pytest.mark.parametrize(
    ("events", "purpose", "about"),
    [
        ([PROPOSED], "proposal", PROPOSED.match_id),
        ([SCHEDULED], "session", SCHEDULED.session_id),
        ([scheduled(starts_at=START - HOUR, ends_at=START), INVITED], "feedback", INVITED.invitation_id),
    ],
    ids=["proposal", "session", "feedback"],
)
def test_a_mail_is_answered_by_a_link_of_its_reader_alone(
    events: list[Event], purpose: str, about: str, postmaster: Postmaster
) -> None:
    mails = sent(harbor(*events), postmaster)
    actions = [action(mail) for mail in mails]
    assert {(one.purpose, one.tenant, one.about) for one in actions} == {(purpose, "acme", about)}
    assert len({one.person_id for one in actions}) == len(mails)


@pytest.mark.usefixtures("keyed")
def test_it_tells_what_has_become_of_a_proposal_for_a_month_after_its_end(postmaster: Postmaster) -> None:
    until = int((PROPOSED.expires_at + timedelta(days=30)).timestamp())
    assert {action(mail).until for mail in sent(harbor(PROPOSED), postmaster)} == {str(until)}


@pytest.mark.usefixtures("keyed")
def test_no_link_is_kept(postmaster: Postmaster) -> None:
    scenario = harbor(PROPOSED)
    links = [LINK.findall(text(mail))[0] for mail in sent(scenario, postmaster)]
    stored = repr(scenario.store.collections)
    assert PROPOSED.match_id in stored
    assert not any(link.rpartition(".")[2] in stored for link in links)


def test_without_a_key_mails_lead_to_pages(postmaster: Postmaster) -> None:
    for mail in sent(harbor(PROPOSED), postmaster):
        assert f"https://mentoring.example/app/matches/{PROPOSED.match_id}" in text(mail)
