"""Letters that nobody needs to get: they say how to stop them, mail programs have a button, and then they stop."""

from base64 import b64encode

import pytest

from services.notify.messages.model.notification import NotificationStatus
from services.notify.wishes.commands import ResumeLetters, StopLetters
from services.notify.wishes.model import NoSuchChoice
from shared.contracts.event import Event
from shared.engine.authoring.answer import Answer
from shared.sign_in_secrets import SignInSecrets
from tests.scenario import START, Scenario
from tests.services.notify.harbor import BEN, DAY, HOUR, INVITED, PROPOSED, SCHEDULED, harbor, notified, scheduled
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import sent, text

KEY = b"k" * 32
LINKS = "https://mentoring.example/app/a/"


@pytest.fixture(autouse=True)
def _keyed(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("ITHACA_SIGN_IN_KEY", b64encode(KEY).decode())


def stop(scenario: Scenario, choice: str = "session_reminders") -> Answer:
    return scenario.when(StopLetters(person_id=BEN, choice=choice), f"person/{BEN}")


def test_a_reminder_has_the_button_of_mail_programs_and_a_line_at_its_end(postmaster: Postmaster) -> None:
    scenario = harbor(SCHEDULED)
    sent(scenario, postmaster)
    *_, to_ben = sent(scenario.advance(2 * DAY), postmaster)
    assert to_ben["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(to_ben["List-Unsubscribe"]).strip("<>")
    assert link in text(to_ben)
    action = SignInSecrets([KEY]).action_of(link.removeprefix(LINKS))
    assert action
    assert (action.purpose, action.person_id, action.about) == ("letters", BEN, "session_reminders")


@pytest.mark.parametrize("event", [PROPOSED, SCHEDULED], ids=["proposal", "session"])
def test_what_concerns_somebody_has_none(event: Event, postmaster: Postmaster) -> None:
    for mail in sent(harbor(event), postmaster):
        assert "List-Unsubscribe" not in mail
        assert "You may stop" not in text(mail)


def test_what_was_stopped_is_not_sent_and_what_concerns_the_person_is(postmaster: Postmaster) -> None:
    scenario = harbor()
    stop(scenario)
    scenario.when(SCHEDULED)
    assert len(sent(scenario, postmaster)) == 2, "that there is a session"
    assert [str(mail["To"]) for mail in sent(scenario.advance(2 * DAY), postmaster)] == ["Ada Okafor <ada@example.org>"]
    (unwanted,) = [one for one in notified(scenario) if one.status is NotificationStatus.UNWANTED]
    assert (unwanted.person_id, unwanted.draft.template) == (BEN, "session_reminder")


def test_they_come_again_when_somebody_wants_them(postmaster: Postmaster) -> None:
    scenario = harbor(scheduled(starts_at=START - HOUR, ends_at=START))
    stop(scenario, "feedback_requests")
    scenario.when(ResumeLetters(person_id=BEN, choice="feedback_requests"), f"person/{BEN}")
    scenario.when(INVITED)
    assert len(sent(scenario, postmaster)) == 1


def test_nobody_stops_what_concerns_them() -> None:
    assert isinstance(stop(harbor(), "match_proposed_to_mentee").error, NoSuchChoice)


def test_answers_go_where_the_operator_says(postmaster: Postmaster, settings: pytest.MonkeyPatch) -> None:
    assert all("Reply-To" not in mail for mail in sent(harbor(PROPOSED), postmaster))
    settings.setenv("ITHACA_REPLY_TO", "team@harbor.example")
    assert {str(mail["Reply-To"]) for mail in sent(harbor(PROPOSED), postmaster)} == {"team@harbor.example"}
