"""In which language a mail is, and in whose manner it writes dates."""

import pytest

from tests.services.notify.harbor import BENS_CARD, ORGANIZATION, PROPOSED, SCHEDULED, harbor
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import sent, text


def test_dates_follow_the_organization_where_nobody_has_translated_to_the_language_of_the_person(
    postmaster: Postmaster,
) -> None:
    scenario = harbor(without=(ORGANIZATION, BENS_CARD))
    scenario.when(ORGANIZATION.model_copy(update={"locale": "en-GB"}))
    scenario.when(BENS_CARD.model_copy(update={"locale": "fr-CH"}))
    scenario.when(SCHEDULED)
    _, to_ben = sent(scenario, postmaster)
    assert str(to_ben["Subject"]).startswith("Session with Ada Okafor: Thursday, 7 January 2027, 10:00 (")


def test_dates_follow_the_person_before_the_organization(postmaster: Postmaster) -> None:
    scenario = harbor(without=(BENS_CARD,))
    scenario.when(BENS_CARD.model_copy(update={"locale": "en-GB"}))
    scenario.when(SCHEDULED)
    _, to_ben = sent(scenario, postmaster)
    assert "Thursday, 7 January 2027" in str(to_ben["Subject"])


@pytest.mark.parametrize(
    ("locale", "subject", "reason"),
    [
        ("de-AT", "Growing: möchtest du Ada Okafor als Mentor?", "- Fachgebiete: backend\n"),
        ("it", "Growing: vorresti Ada Okafor come mentor?", "- Ambiti: backend\n"),
    ],
)
def test_a_person_is_written_to_in_their_language(
    locale: str, subject: str, reason: str, postmaster: Postmaster
) -> None:
    scenario = harbor(without=(BENS_CARD,))
    scenario.when(BENS_CARD.model_copy(update={"locale": locale}))
    scenario.when(PROPOSED)
    to_ada, to_ben = sent(scenario, postmaster)
    assert to_ben["Subject"] == subject
    assert reason in text(to_ben)
    assert to_ada["Subject"] == "Growing: would you be the mentor of Ben Weiß?"
