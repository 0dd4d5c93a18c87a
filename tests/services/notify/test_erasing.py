"""Letters to somebody who is erased, and about them, go out before the name does; what comes later names nobody."""

from datetime import timedelta

from services.notify.erasing import LETTERS_ARE_OUT
from services.notify.local_copies import Card
from services.notify.messages.model.notification import NotificationStatus
from shared.contracts.departures import ErasureRequested, ForgottenByNotify, OrganizationLeft
from shared.engine.authoring.aggregate import Removed
from tests.scenario import START, Scenario
from tests.services.notify.harbor import ACCEPTED, ADA, BEN, BENS_CARD, SUBMITTED, UNWOUND, at, harbor, notified
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import sent, text

ERASED = ErasureRequested(person_id=BEN, requested_at=START)


def settle(scenario: Scenario) -> Scenario:
    while [row for row in scenario.asked() if row["type"] == "FindTraces"]:
        scenario.perform()
    return scenario


def without_card(scenario: Scenario) -> Scenario:
    """Ben's card has left the topic."""
    scenario.now += timedelta(milliseconds=1)
    (message,) = scenario.messages(BENS_CARD, "service/intake")
    message.body = Removed(subject_id=BEN)
    scenario.loop.run_until_complete(scenario.executor.handle([message]))
    assert scenario.get(Card, BEN).removed
    return scenario


def test_it_is_confirmed_when_quiet_hours_are_over_and_not_before() -> None:
    scenario = settle(harbor(SUBMITTED, ERASED))
    scenario.advance(LETTERS_ARE_OUT - timedelta(seconds=1))
    assert scenario.events(ForgottenByNotify) == []
    settle(scenario.advance(timedelta(seconds=1)))
    (confirmed,) = scenario.events(ForgottenByNotify)
    assert isinstance(confirmed, ForgottenByNotify)
    assert (confirmed.person_id, confirmed.changed, confirmed.kept) == (BEN, 0, 2)


def test_the_last_letter_says_what_goes_and_goes_out_at_once_even_at_night(postmaster: Postmaster) -> None:
    scenario = at(harbor(), timedelta(hours=14))
    scenario.when(ERASED)
    settle(scenario)
    (mail,) = sent(scenario, postmaster)
    assert (str(mail["To"]), "is being erased" in text(mail)) == ("Ben Weiß <ben@example.org>", True)


def test_whom_they_worked_with_is_told_that_it_has_ended_with_the_name_and_without_a_reason(
    postmaster: Postmaster,
) -> None:
    scenario = harbor(ACCEPTED)
    sent(scenario, postmaster)
    scenario.when(ERASED)
    scenario.when(UNWOUND)
    to_ada = [text(mail) for mail in sent(settle(scenario), postmaster) if "ada@example.org" in str(mail["To"])]
    (letter,) = to_ada
    assert "Your mentoring with Ben Weiß has ended early" in letter
    assert "erased" not in letter


def test_a_letter_that_comes_later_names_nobody_and_waits_for_no_card(postmaster: Postmaster) -> None:
    scenario = without_card(settle(harbor(ACCEPTED, ERASED)))
    scenario.when(UNWOUND)
    (letter,) = [text(mail) for mail in sent(scenario, postmaster) if "ada@example.org" in str(mail["To"])][-1:]
    assert "Your mentoring with [name erased] has ended early" in letter
    assert "Ben" not in letter


def test_what_is_still_to_be_sent_to_them_is_not_and_nothing_waits(postmaster: Postmaster) -> None:
    scenario = without_card(settle(harbor(ERASED)))
    scenario.when(ACCEPTED)
    mails = sent(scenario, postmaster)
    assert {str(mail["To"]) for mail in mails} == {"Ada Okafor <ada@example.org>"}
    assert {one.status for one in notified(scenario) if one.person_id == BEN} == {NotificationStatus.OUTDATED}


def test_who_has_left_is_told_what_has_ended(postmaster: Postmaster) -> None:
    scenario = harbor(OrganizationLeft(access_id="person/ada", person_id=ADA, change=1))
    (mail,) = sent(scenario, postmaster)
    assert (str(mail["To"]), "You have left Harbor Community" in text(mail)) == ("Ada Okafor <ada@example.org>", True)
