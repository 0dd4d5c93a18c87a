"""Whether somebody wants to be shown what to try first."""

from datetime import datetime

from shared.engine.authoring.aggregate import Aggregate


class Tour(Aggregate, name="tour"):
    """What a newcomer is shown on Today, until they have seen enough of it. Its id is the person's."""

    hidden_at: datetime | None = None
