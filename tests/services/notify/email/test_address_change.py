"""A change of somebody's address: the new one is asked to confirm, the old one is told, each what is theirs to know."""

from base64 import b64encode

import pytest

from services.notify.messages.model.notification import NotificationStatus
from shared.contracts.access import AddressChangeRequested
from shared.contracts.intake import ContactCard, ExpectedAddress
from shared.sign_in_secrets import AddressAsked, SignInSecrets
from tests.scenario import START, Scenario
from tests.services.notify.harbor import ADA, ADAS_CARD, DAY, HOUR, at, harbor, notified
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import sent, text

KEY = b"k" * 32
SECRETS, ASKED = SignInSecrets([KEY]), AddressAsked("acme", ADA, "c1")
OLD, NEW = "ada@example.org", "ada.new@example.org"
LINK = f"https://mentoring.example/app/address-change?link={SECRETS.address_link(ASKED)}"


@pytest.fixture(autouse=True)
def keyed(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("ITHACA_SIGN_IN_KEY", b64encode(KEY).decode())


def requested(**said: bool) -> AddressChangeRequested:
    return AddressChangeRequested(person_id=ADA, change_id="c1", number=1, expires_at=START + 3 * DAY, **said)


def changing(email: str = OLD, number: int = 1, old: str = OLD, new: str = NEW) -> ContactCard:
    change = ExpectedAddress(number=number, old=old, new=new)
    return ADAS_CARD.model_copy(update={"email": email, "address_change": change})


def known(card: ContactCard) -> Scenario:
    """The community, in which this is Ada's card."""
    scenario = harbor(without=(ADAS_CARD,))
    scenario.when(card)
    return scenario


def test_the_link_and_the_code_go_to_the_new_address_and_the_old_one_learns_that_it_is_to_change(
    postmaster: Postmaster,
) -> None:
    scenario = known(changing())
    scenario.when(requested())
    sent(scenario, postmaster)
    written = {one.rcpt_tos[0]: (one.original_content or b"").decode() for one in postmaster.taken}
    assert written.keys() == {OLD, NEW}
    assert SECRETS.address_code(ASKED) in written[NEW]
    assert SECRETS.address_code(ASKED) not in written[OLD]
    assert "your address is to change" in written[OLD]
    assert NEW not in written[OLD]


def test_the_mail_to_the_new_address_has_the_link(postmaster: Postmaster) -> None:
    scenario = known(changing())
    scenario.when(requested())
    texts = [text(mail) for mail in sent(scenario, postmaster)]
    assert sum(LINK in one for one in texts) == 1


def test_the_old_address_is_told_though_the_new_one_counts_already(postmaster: Postmaster) -> None:
    scenario = known(changing(email=NEW))
    scenario.when(requested())
    sent(scenario, postmaster)
    assert sorted(one.rcpt_tos[0] for one in postmaster.taken) == sorted([OLD, NEW])


def test_nobody_is_written_to_at_an_address_of_a_change_that_is_over(postmaster: Postmaster) -> None:
    scenario = known(changing(email=NEW, old="", new=""))
    scenario.when(requested())
    assert sent(scenario, postmaster) == []
    assert {one.status for one in notified(scenario)} == {NotificationStatus.OUTDATED}
    scenario = known(changing(number=2))
    scenario.when(requested())
    assert sent(scenario, postmaster) == []


def test_an_address_that_is_somebodys_gets_no_link(postmaster: Postmaster) -> None:
    scenario = known(changing())
    scenario.when(requested(is_taken=True))
    sent(scenario, postmaster)
    written = b"".join(one.original_content or b"" for one in postmaster.taken).decode()
    assert "belongs to an account already" in written
    assert SECRETS.address_code(ASKED) not in written


def test_who_has_not_asked_is_told_until_when_it_can_be_stopped(postmaster: Postmaster) -> None:
    scenario = known(changing())
    scenario.when(requested(is_held=True))
    written = "".join(text(mail) for mail in sent(scenario, postmaster))
    assert "Somebody who looks after your program has asked for it." in written
    assert "until then you can stop it" in written


def test_it_does_not_wait_for_the_morning(postmaster: Postmaster) -> None:
    scenario = known(changing())
    at(scenario, 13 * HOUR)
    scenario.when(requested())
    assert len(sent(scenario, postmaster)) == 2


def test_nothing_that_confirms_is_in_the_database(postmaster: Postmaster) -> None:
    scenario = known(changing())
    scenario.when(requested())
    sent(scenario, postmaster)
    rows = [row for collection in scenario.store.collections.values() for row in collection.values()]
    secrets = (SECRETS.address_link(ASKED).rpartition(".")[2], SECRETS.address_code(ASKED))
    assert not any(secret.encode() in row for secret in secrets for row in rows)
