"""The mails about a person's way in: what signs in goes to the person's own address, and is nowhere else."""

from base64 import b64encode
from datetime import timedelta

import pytest

from services.notify.messages.model.notification import NotificationStatus
from services.notify.service import service
from shared.contracts.access import RefreshTokenReused, SignInGuessed, SignInRequested
from shared.sign_in_secrets import Requested, SignInSecrets
from tests.scenario import START, Scenario
from tests.services.notify.harbor import ADA, ADAS_CARD, HOUR, ORGANIZATION, at, harbor, notified
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import sent, text

KEY = b"k" * 32
MINUTE = timedelta(minutes=1)
SECRETS, REQUEST = SignInSecrets([KEY]), Requested("acme", "r1")


@pytest.fixture
def keyed(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("ITHACA_SIGN_IN_KEY", b64encode(KEY).decode())


def requested(at: timedelta = timedelta()) -> SignInRequested:
    return SignInRequested(request_id="r1", person_id=ADA, expires_at=START + at + 15 * MINUTE)


@pytest.mark.usefixtures("keyed")
def test_a_person_gets_the_link_and_the_code_at_their_own_address(postmaster: Postmaster) -> None:
    (mail,) = sent(harbor(requested()), postmaster)
    assert [envelope.rcpt_tos for envelope in postmaster.taken] == [["ada@example.org"]]
    assert f"https://mentoring.example/app/sign-in?link={SECRETS.link(REQUEST)}" in text(mail)
    assert f"\n{SECRETS.code(REQUEST)}\n" in text(mail)
    assert str(mail["Subject"]).startswith(SECRETS.code(REQUEST))


@pytest.mark.usefixtures("keyed")
def test_without_pages_the_link_leads_to_the_issuer(postmaster: Postmaster, settings: pytest.MonkeyPatch) -> None:
    settings.delenv("ITHACA_LINKS")
    settings.setenv("ITHACA_ISSUER", "https://intake.example")
    (mail,) = sent(harbor(requested()), postmaster)
    assert f"https://intake.example/v1/sign-in?link={SECRETS.link(REQUEST)}" in text(mail)


@pytest.mark.usefixtures("keyed")
def test_nothing_of_it_is_in_the_database(postmaster: Postmaster) -> None:
    scenario = harbor(requested())
    sent(scenario, postmaster)
    secrets = (SECRETS.link(REQUEST).rpartition(".")[2], SECRETS.code(REQUEST))
    rows = [row for collection in scenario.store.collections.values() for row in collection.values()]
    assert rows
    assert not any(secret.encode() in row for secret in secrets for row in rows)


@pytest.mark.usefixtures("keyed")
def test_a_mail_to_sign_in_with_does_not_wait_for_the_morning(postmaster: Postmaster) -> None:
    scenario = at(harbor(), 13 * HOUR)
    scenario.when(requested(at=13 * HOUR))
    assert len(sent(scenario, postmaster)) == 1


@pytest.mark.usefixtures("keyed")
def test_a_mail_that_would_come_too_late_is_not_sent(postmaster: Postmaster) -> None:
    scenario = harbor(requested())
    at(scenario, 16 * MINUTE)
    assert sent(scenario, postmaster) == []
    assert [one.status for one in notified(scenario)] == [NotificationStatus.OUTDATED]


def test_without_the_key_the_message_fails_and_says_why(postmaster: Postmaster) -> None:
    scenario = harbor(requested())
    assert sent(scenario, postmaster) == []
    assert [(one.status, one.reason) for one in notified(scenario)] == [(NotificationStatus.FAILED, "no_sign_in_key")]


@pytest.mark.usefixtures("keyed")
def test_a_person_who_takes_part_in_nothing_is_written_to_as_well(postmaster: Postmaster) -> None:
    scenario = Scenario(service)
    for known in (ORGANIZATION, ADAS_CARD):
        scenario.when(known)
    scenario.when(requested())
    assert len(sent(scenario, postmaster)) == 1


def test_who_guesses_is_told_to_the_person_without_what_could_sign_in(postmaster: Postmaster) -> None:
    (mail,) = sent(harbor(SignInGuessed(request_id="r1", person_id=ADA)), postmaster)
    assert "five wrong codes" in text(mail)
    assert not any(secret in text(mail) for secret in (SECRETS.code(REQUEST), "sign-in?link"))


def test_each_reuse_of_a_refresh_token_is_told(postmaster: Postmaster) -> None:
    scenario = harbor()
    for times in (1, 2):
        scenario.when(RefreshTokenReused(access_id=f"person/{ADA}", person_id=ADA, session_id="s1", times=times))
        assert len(sent(scenario, postmaster)) == 1
