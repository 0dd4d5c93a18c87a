"""What becomes of a message: sent, refused, tried again, given up, or outdated."""

import json
from datetime import timedelta
from traceback import format_exception

import pytest
from structlog.testing import capture_logs

from services.notify.email.reactions import MailServerUnavailable, send_email
from services.notify.messages.model.notification import NotificationStatus, SendEmail
from services.notify.service import service
from shared.contracts.event import Contract, Event
from shared.contracts.notify import NotificationFailed, NotificationSent
from shared.engine.authoring.aggregate import Outcome, Removed
from shared.engine.authoring.handlers import Work
from shared.engine.authoring.reader import Reader
from tests.scenario import START, Scenario
from tests.services.notify.harbor import (
    ACCEPTED,
    ADA,
    ADAS_CARD,
    ANSWERED,
    APPROVED,
    CANCELLED,
    DAY,
    DECLINED_BY_MENTEE,
    HOUR,
    INVITED,
    PROPOSED,
    REMINDED,
    SCHEDULED,
    SUBMITTED,
    SUPERSEDED,
    WITHDRAWN,
    at,
    harbor,
    moved,
    notified,
    scheduled,
)
from tests.services.notify.mail_servers import Postmaster, running
from tests.services.notify.mails import NOW, sent, use

PERSONAL = ("Okafor", "Weiß", "@example.org", "11+ years", "backend")
"""Canaries: what no row but the copies of cards and profiles may hold."""

pytestmark = pytest.mark.usefixtures("settings")


def test_a_mail_that_was_taken_is_told_without_personal_data(postmaster: Postmaster) -> None:
    scenario = harbor(APPROVED)
    sent(scenario, postmaster)
    (notification,) = notified(scenario)
    (event,) = scenario.events()
    assert isinstance(event, NotificationSent)
    assert event.model_dump() == {
        "notification_id": notification.id,
        "person_id": "ben",
        "template": "application_approved",
        "channel": "email",
        "event_id": notification.event_id,
    }
    assert (notification.status, notification.completed_at) == (NotificationStatus.SENT, START)
    assert scenario.asked() == []


def test_a_mail_that_is_refused_for_good_has_failed(settings: pytest.MonkeyPatch) -> None:
    scenario, postmaster = harbor(APPROVED), Postmaster(rcpt="550 5.1.1 <ben@example.org> is unknown")
    with running(postmaster) as server:
        use(server, settings)
        assert sent(scenario, postmaster) == []
    (event,) = scenario.events()
    assert isinstance(event, NotificationFailed)
    assert event.reason == "smtp_550"
    (notification,) = notified(scenario)
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
    assert notified(scenario)[0].status is NotificationStatus.FAILED


async def suppress_progress(_: Outcome) -> None:
    """It sends, and has nothing to tell before."""


def test_an_error_that_is_logged_does_not_hold_the_address(settings: pytest.MonkeyPatch) -> None:
    scenario = harbor(APPROVED).advance(NOW)
    (notification,) = notified(scenario)
    reader = Reader(scenario.store, scenario.tenant)
    work = Work(scenario.tenant, notification.id, 1, scenario.now, reader, suppress_progress)
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
    early = {notification.id for notification in notified(scenario)}
    scenario.when(then)
    mails = sent(scenario, postmaster)
    late = [notification for notification in notified(scenario) if notification.id not in early]
    assert len(mails) == len(late)
    outdated = [item for item in notified(scenario) if item.id in early]
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
    assert {item.status for item in notified(scenario)} == {NotificationStatus.OUTDATED}


def test_a_person_who_is_gone_gets_no_mail_and_is_named_in_none(postmaster: Postmaster) -> None:
    scenario = harbor(SCHEDULED).advance(NOW)
    remove(scenario, ADAS_CARD)
    assert sent(scenario, postmaster) == []
    assert {item.reason for item in notified(scenario)} == {"person_gone"}
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
