"""How far something has come."""

import pytest

from services.notify.messages.model.drafts import about_session
from services.notify.messages.model.progress import Progress
from shared.ids import PersonId
from tests.services.notify.harbor import ADA, BEN, SCHEDULED

TO_ADA, TO_BEN = about_session(SCHEDULED)


def test_progress_never_goes_back() -> None:
    progress = Progress(id="session/s1")
    assert progress.reach(1, [ADA, BEN])
    assert progress.reach(1)
    assert not progress.reach(0, [BEN])
    assert (progress.stage, progress.people) == (1, [ADA, BEN])


def test_progress_outdates_what_was_said_of_an_earlier_stage() -> None:
    progress = Progress(id="session/s1")
    progress.reach(TO_BEN.stage)
    assert not progress.outdates(TO_BEN)
    progress.reach(TO_BEN.stage + 1)
    assert progress.outdates(TO_BEN)


@pytest.mark.parametrize(("person", "partner"), [(ADA, BEN), (BEN, ADA)])
def test_each_of_two_is_the_others_partner(person: PersonId, partner: PersonId) -> None:
    assert Progress(people=[ADA, BEN]).partner_of(person) == partner
