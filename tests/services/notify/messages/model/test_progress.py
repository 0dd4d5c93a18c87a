"""How far something has come."""

from services.notify.catalog.message import announce
from services.notify.messages.model.progress import Progress
from tests.services.notify.harbor import SCHEDULED

TO_ADA, TO_BEN = announce(SCHEDULED)


def test_progress_never_goes_back() -> None:
    progress = Progress(id="session/s1")
    assert progress.reach(1)
    assert progress.reach(1)
    assert not progress.reach(0)
    assert progress.stage == 1


def test_progress_outdates_what_was_said_of_an_earlier_stage() -> None:
    progress = Progress(id="session/s1")
    progress.reach(TO_BEN.stage)
    assert not progress.outdates(TO_BEN)
    progress.reach(TO_BEN.stage + 1)
    assert progress.outdates(TO_BEN)
