"""From an event to a mail that a real server on the loopback has taken, and what becomes of it otherwise."""

import json
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from traceback import format_exception

import pytest
from icalendar import Calendar
from structlog.testing import capture_logs

from services.notify.email import MailServer
from services.notify.model import NotificationStatus
from services.notify.sending import MailServerUnavailable, SendEmail, send_email
from services.notify.service import service
from shared.contracts.event import Contract, Event
from shared.contracts.notify import NotificationFailed, NotificationSent
from shared.engine.aggregate import Removed
from shared.engine.handlers import Work
from shared.engine.reader import Reader
from tests.scenario import START, Scenario
from tests.services.notify.harbor import (
    ACCEPTED,
    ADA,
    ADAS_CARD,
    ANSWERED,
    APPROVED,
    BENS_CARD,
    BENS_PROFILE,
    CANCELLED,
    DAY,
    DECLINED_BY_MENTEE,
    EXPIRED,
    HOUR,
    INVITED,
    ORGANIZATION,
    PROPOSED,
    REMINDED,
    SCHEDULED,
    SOON,
    SUBMITTED,
    SUPERSEDED,
    WITHDRAWN,
    at,
    harbor,
    moved,
    scheduled,
    told,
)
from tests.services.notify.mail_servers import LOOPBACK, Postmaster, free_port, running

NOW = timedelta()
PERSONAL = ("Okafor", "Weiß", "@example.org", "11+ years", "backend")
"""Canaries: what no row but the copies of cards and profiles may hold."""


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The settings of notify, with a mail server that does not run."""
    monkeypatch.setenv("ITHACA_MAIL_FROM", "mentoring@harbor.example")
    monkeypatch.setenv("ITHACA_LINKS", "https://mentoring.example/app/")
    use(MailServer(host=LOOPBACK, port=free_port(), security="plain"), monkeypatch)
    return monkeypatch


def use(server: MailServer, settings: pytest.MonkeyPatch) -> None:
    settings.setenv("ITHACA_SMTP_HOST", server.host)
    settings.setenv("ITHACA_SMTP_PORT", str(server.port))
    settings.setenv("ITHACA_SMTP_SECURITY", server.security)


@pytest.fixture
def postmaster(settings: pytest.MonkeyPatch) -> Iterator[Postmaster]:
    """A mail server that takes everything."""
    postmaster = Postmaster()
    with running(postmaster) as server:
        use(server, settings)
        yield postmaster


def sent(scenario: Scenario, postmaster: Postmaster) -> list[EmailMessage]:
    """The mails that are taken when everything is done that is due now, the mentor's before the mentee's."""
    taken = len(postmaster.taken)
    scenario.advance(NOW).perform()
    mails = [
        message_from_bytes(envelope.original_content or b"", _class=EmailMessage, policy=default)
        for envelope in postmaster.taken[taken:]
    ]
    return sorted(mails, key=lambda mail: str(mail["To"]))


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def calendar(mail: EmailMessage) -> str:
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode().replace("\r\n ", "")


@pytest.mark.parametrize(
    ("event", "mails", "subject"),
    [
        (SUBMITTED, 1, "Your application to Growing has arrived"),
        (APPROVED, 1, "Welcome to Growing"),
        (PROPOSED, 2, "Growing: would you like Ada Okafor as your mentor?"),
        (ACCEPTED, 2, "Growing: Ada Okafor is your mentor"),
        (DECLINED_BY_MENTEE, 2, "Growing: the match with Ada Okafor did not come about"),
        (EXPIRED, 2, "Growing: the match with Ada Okafor did not come about in time"),
        (SCHEDULED, 2, "Session with Ada Okafor: Thursday, January 7, 2027, 10:00 AM (Europe/Berlin, GMT+01:00)"),
        (moved(DAY), 2, "Moved: session with Ada Okafor, now Friday, January 8, 2027, 10:00 AM"),
        (CANCELLED, 2, "Canceled: session with Ada Okafor, Thursday, January 7, 2027, 10:00 AM"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Event) else "",
)
def test_every_event_becomes_mails(event: Event, mails: int, subject: str, postmaster: Postmaster) -> None:
    found = sent(harbor(event), postmaster)
    assert len(found) == mails
    assert str(found[-1]["To"]) == "Ben Weiß <ben@example.org>"
    assert str(found[-1]["Subject"]).startswith(subject)


def test_feedback_is_asked_for_and_reminded_of_by_mail(postmaster: Postmaster) -> None:
    scenario = harbor(scheduled(starts_at=START - HOUR, ends_at=START), INVITED)
    (asked,) = sent(scenario, postmaster)
    assert asked["Subject"] == "How was your session with Ada Okafor?"
    assert "https://mentoring.example/app/feedback/i1" in text(asked)
    at(scenario, DAY).when(REMINDED)
    (reminded,) = sent(scenario, postmaster)
    assert reminded["Subject"] == "Reminder: how was your session with Ada Okafor?"


def test_a_mail_comes_from_the_organization_and_leads_to_a_page(postmaster: Postmaster) -> None:
    scenario = harbor(APPROVED)
    (mail,) = sent(scenario, postmaster)
    (notification,) = told(scenario)
    assert str(mail["From"]) == "Harbor Community <mentoring@harbor.example>"
    assert mail["Message-ID"] == f"<{notification.id}@harbor.example>"
    assert mail["Date"].datetime == START
    assert "https://mentoring.example/app/applications/of-ben\n" in text(mail)


def test_without_a_place_for_links_there_are_none(postmaster: Postmaster, settings: pytest.MonkeyPatch) -> None:
    settings.delenv("ITHACA_LINKS")
    (mail,) = sent(harbor(APPROVED), postmaster)
    assert "Your application" not in text(mail).replace("Your application is approved", "")


def test_a_proposal_says_why_in_the_words_of_the_two(postmaster: Postmaster) -> None:
    to_ada, to_ben = sent(harbor(PROPOSED), postmaster)
    assert "- Areas: backend\n" in text(to_ada)
    assert "- Areas: backend\n" in text(to_ben)
    assert "by Monday, January 11, 2027, 10:00 AM (Africa/Lagos, GMT+01:00)" in text(to_ada)


def test_a_proposal_can_do_without_the_profiles(postmaster: Postmaster) -> None:
    _, to_ben = sent(harbor(PROPOSED, without=(BENS_PROFILE,)), postmaster)
    assert "- Areas\n" in text(to_ben)
    assert "Please accept or decline" in text(to_ben)


def test_a_pair_learns_how_to_reach_each_other_and_by_when_to_meet(postmaster: Postmaster) -> None:
    to_ada, to_ben = sent(harbor(ACCEPTED), postmaster)
    assert "You reach Ben Weiß at ben@example.org." in text(to_ada)
    assert "You reach Ada Okafor at ada@example.org." in text(to_ben)
    assert "held by Monday, January 18, 2027, 10:00 AM (Europe/Berlin, GMT+01:00)" in text(to_ben)


def test_who_declined_and_why_is_told_to_nobody(postmaster: Postmaster) -> None:
    declined = DECLINED_BY_MENTEE.model_copy(update={"reason": "Too far away"})
    to_ada, to_ben = sent(harbor(declined), postmaster)
    assert "Too far away" not in text(to_ada) + text(to_ben)
    assert text(to_ada).splitlines()[2] == "The match with Ben Weiß did not come about."


def test_a_calendar_is_told_of_a_session_of_its_move_and_of_its_end(postmaster: Postmaster) -> None:
    scenario = harbor(SCHEDULED)
    found = []
    off = {"revision": 2, "starts_at": SOON + DAY, "ends_at": SOON + DAY + HOUR}
    for event in (None, moved(by=DAY), CANCELLED.model_copy(update=off)):
        if event:
            at(scenario, HOUR).when(event)
        found.append(calendar(sent(scenario, postmaster)[-1]))
    for number, (method, status) in enumerate(
        (("REQUEST", "CONFIRMED"), ("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED"))
    ):
        for line in ("UID:s1@ithaca", f"SEQUENCE:{number}", f"METHOD:{method}", f"STATUS:{status}"):
            assert line in found[number].split("\r\n")
    assert "DTSTART:20270107T090000Z" in found[0]
    assert "DTSTART:20270108T090000Z" in found[1]
    stamps = [Calendar.from_ical(text).walk("VEVENT")[0].decoded("DTSTAMP") for text in found]
    assert stamps == [START, START + HOUR, START + 2 * HOUR]


def test_a_calendar_entry_names_the_sender_of_the_mail_and_both_people(postmaster: Postmaster) -> None:
    _, to_ben = sent(harbor(SCHEDULED), postmaster)
    entry = calendar(to_ben)
    assert "ORGANIZER:mailto:mentoring@harbor.example" in entry
    assert "mailto:ada@example.org" in entry
    assert "mailto:ben@example.org" in entry
    assert "SUMMARY:Growing: Ada Okafor" in entry


def test_a_reminder_has_no_calendar_entry(postmaster: Postmaster) -> None:
    scenario = harbor(SCHEDULED)
    sent(scenario, postmaster)
    _, to_ben = sent(scenario.advance(2 * DAY), postmaster)
    assert str(to_ben["Subject"]).startswith("Reminder: session with Ada Okafor, Thursday")
    assert not to_ben.is_attachment()
    assert {part.get_content_type() for part in to_ben.walk()} == {"multipart/alternative", "text/plain", "text/html"}


def test_dates_follow_the_organization_where_nobody_has_translated_to_the_language_of_the_person(
    postmaster: Postmaster,
) -> None:
    scenario = harbor(without=(ORGANIZATION, BENS_CARD))
    scenario.when(ORGANIZATION.model_copy(update={"locale": "en-GB"}))
    scenario.when(BENS_CARD.model_copy(update={"locale": "it-CH"}))
    scenario.when(SCHEDULED)
    _, to_ben = sent(scenario, postmaster)
    assert str(to_ben["Subject"]).startswith("Session with Ada Okafor: Thursday, 7 January 2027, 10:00 (")


def test_a_mail_that_was_taken_is_told_without_personal_data(postmaster: Postmaster) -> None:
    scenario = harbor(APPROVED)
    sent(scenario, postmaster)
    (notification,) = told(scenario)
    (event,) = scenario.events()
    assert isinstance(event, NotificationSent)
    assert event.model_dump() == {
        "notification_id": notification.id,
        "person_id": "ben",
        "template": "application_approved",
        "channel": "email",
        "event_id": notification.event_id,
    }
    assert (notification.status, notification.settled_at) == (NotificationStatus.SENT, START)
    assert scenario.asked() == []


def test_a_mail_that_is_refused_for_good_has_failed(settings: pytest.MonkeyPatch) -> None:
    scenario, postmaster = harbor(APPROVED), Postmaster(rcpt="550 5.1.1 <ben@example.org> is unknown")
    with running(postmaster) as server:
        use(server, settings)
        assert sent(scenario, postmaster) == []
    (event,) = scenario.events()
    assert isinstance(event, NotificationFailed)
    assert event.reason == "smtp_550"
    (notification,) = told(scenario)
    assert (notification.status, notification.reason) == (NotificationStatus.FAILED, "smtp_550")
    assert scenario.asked() == []


def test_a_mail_that_is_not_taken_now_is_sent_later_and_is_the_same(settings: pytest.MonkeyPatch) -> None:
    scenario, postmaster = harbor(APPROVED), Postmaster(data="451 4.3.0 Try again")
    with running(postmaster) as server:
        use(server, settings)
        with capture_logs() as logs:
            assert sent(scenario, postmaster) == []
        assert [entry["attempt"] for entry in logs] == [1]
        assert scenario.events() == []
        postmaster.answers.clear()
        (mail,) = sent(at(scenario, HOUR), postmaster)
    assert mail["Date"].datetime == START
    assert [type(event) for event in scenario.events()] == [NotificationSent]


def test_a_mail_that_nobody_takes_for_a_day_has_failed() -> None:
    scenario = harbor(APPROVED).advance(NOW)
    with capture_logs():
        for _ in range(service.performers["SendEmail"].attempts - 1):
            scenario.perform()
        assert scenario.events() == []
        (event,) = scenario.perform().events()
    assert isinstance(event, NotificationFailed)
    assert event.reason == "not_delivered"
    assert told(scenario)[0].status is NotificationStatus.FAILED


def test_an_error_that_is_logged_does_not_hold_the_address(settings: pytest.MonkeyPatch) -> None:
    scenario = harbor(APPROVED).advance(NOW)
    (notification,) = told(scenario)
    work = Work(scenario.tenant, notification.id, 1, scenario.now, Reader(scenario.store, scenario.tenant))
    with running(Postmaster(rcpt="450 4.2.1 <ben@example.org> is full")) as server:
        use(server, settings)
        with pytest.raises(MailServerUnavailable, match="it answered 450") as failure:
            scenario.loop.run_until_complete(send_email(SendEmail(notification_id=notification.id), work))
    assert "ben@" not in "".join(format_exception(failure.value))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (SUBMITTED, APPROVED),
        (APPROVED, WITHDRAWN),
        (PROPOSED, SUPERSEDED),
        (PROPOSED, DECLINED_BY_MENTEE),
        (SCHEDULED, CANCELLED),
        (SCHEDULED, moved(by=DAY)),
    ],
)
def test_what_is_outdated_by_the_time_it_could_be_sent_is_not(
    first: Event, then: Event, postmaster: Postmaster
) -> None:
    scenario = harbor(first)
    early = {notification.id for notification in told(scenario)}
    scenario.when(then)
    mails = sent(scenario, postmaster)
    late = [notification for notification in told(scenario) if notification.id not in early]
    assert len(mails) == len(late)
    outdated = [item for item in told(scenario) if item.id in early]
    assert {item.status for item in outdated} == {NotificationStatus.OUTDATED}
    assert {event.subject_id for event in scenario.events(NotificationSent)} == {item.id for item in late}
    assert scenario.asked() == []


def test_who_has_answered_is_not_reminded_even_if_the_reminder_is_on_its_way(postmaster: Postmaster) -> None:
    scenario = harbor(scheduled(starts_at=START - HOUR, ends_at=START), INVITED)
    sent(scenario, postmaster)
    scenario.when(REMINDED)
    scenario.when(ANSWERED)
    assert sent(scenario, postmaster) == []


def test_an_invitation_that_could_not_be_sent_before_the_session_is_not_sent_at_all(postmaster: Postmaster) -> None:
    scenario = harbor(scheduled(starts_at=START + HOUR, ends_at=START + 2 * HOUR)).advance(NOW)
    assert sent(at(scenario, HOUR), postmaster) == []
    assert {item.status for item in told(scenario)} == {NotificationStatus.OUTDATED}


def test_a_person_who_is_gone_gets_no_mail_and_is_named_in_none(postmaster: Postmaster) -> None:
    scenario = harbor(SCHEDULED).advance(NOW)
    remove(scenario, ADAS_CARD)
    assert sent(scenario, postmaster) == []
    assert {item.reason for item in told(scenario)} == {"person_gone"}
    assert len(scenario.events(NotificationFailed)) == 2


def remove(scenario: Scenario, state: Contract) -> None:
    """The people topic says that a state is gone."""
    scenario.now += timedelta(milliseconds=1)
    (message,) = scenario.messages(state, "service/intake")
    message.body = Removed(subject_id=ADA)
    scenario.loop.run_until_complete(scenario.executor.handle([message]))


def test_personal_data_is_in_the_copies_of_cards_and_profiles_only(postmaster: Postmaster) -> None:
    scenario = harbor(PROPOSED, ACCEPTED, SCHEDULED).advance(NOW)
    assert len(scenario.asked()) == 6
    sent(scenario, postmaster)
    scenario.advance(2 * DAY)
    for name in scenario.store.collections.keys() - {"card", "profile"}:
        rows = json.dumps(scenario.loop.run_until_complete(scenario.store.find(name, {})), default=str)
        assert [canary for canary in PERSONAL if canary in rows] == [], name
