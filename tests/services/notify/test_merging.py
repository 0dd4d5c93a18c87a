"""What is planned for a card that has gone is written to the one that has stayed, and the person is told."""

from services.notify.messages.model.notification import NotificationStatus
from shared.contracts.intake import PersonMerged
from shared.ids import PersonId
from tests.scenario import Scenario
from tests.services.notify.harbor import ACCEPTED, BENS_CARD, harbor, notified
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import sent, text

STAYS = PersonId("ben-2")
THE_CARD_THAT_STAYS = BENS_CARD.model_copy(update={"person_id": STAYS, "name": "Ben W.", "email": "ben2@example.org"})


def merged() -> Scenario:
    """Ben had a second card, which is his only one since both were matched to Ada."""
    scenario = harbor(ACCEPTED, without=(BENS_CARD,))
    scenario.when(THE_CARD_THAT_STAYS)
    scenario.when(PersonMerged(person_id=STAYS, merged_ids=(PersonId("ben"),), times=1, passkeys_ended=1))
    while [row for row in scenario.asked() if row["type"] == "FindMerged"]:
        scenario.perform()
    return scenario


def test_a_message_that_is_planned_for_the_card_that_has_gone_goes_to_the_other(postmaster: Postmaster) -> None:
    mails = sent(merged(), postmaster)
    to_ben = [text(mail) for mail in mails if "ben2@example.org" in str(mail["To"])]
    assert ["Ada Okafor is your mentor" in one for one in to_ben].count(True) == 1
    assert ["You had more than one account" in one for one in to_ben].count(True) == 1
    assert ["The passkeys of the other account have ended" in one for one in to_ben].count(True) == 1
    assert any("Ben W. is your mentee" in text(mail) for mail in mails)
    assert not any("ben@example.org" in str(mail["To"]) for mail in mails)


def test_the_messages_to_both_cards_are_listed_as_those_of_one_person(postmaster: Postmaster) -> None:
    scenario = merged()
    sent(scenario, postmaster)
    found = notified(scenario)
    assert "ben" not in {one.person_id for one in found}
    assert {one.status for one in found} == {NotificationStatus.SENT}
