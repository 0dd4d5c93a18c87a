"""Who has a name, in whatever service."""

from shared.engine.authoring.aggregate import Aggregate


class Called(Aggregate):
    """Who is called something; a name that is gone is empty."""

    name: str = ""
    pronouns: str = ""
