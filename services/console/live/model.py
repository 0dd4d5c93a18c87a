"""What was told last of each thing: the read model that pages are kept up to date by."""

from datetime import datetime

from shared.engine.authoring.aggregate import ReadModel


class Latest(ReadModel, name="latest"):
    """What was told last of one thing, whose id follows its kind: `match/0190...`. Of people, it knows ids only.

    `waits_in` is the place where it waits for somebody, such as `applications/<program>`: the navigation counts them.
    """

    indexes = (("waits_in",),)

    signal: str = ""
    program_id: str = ""
    people: tuple[str, ...] = ()
    sequence: int = 0
    at: datetime | None = None
    waits_in: str = ""

    @staticmethod
    def key(kind: str, id: str) -> str:
        """The id of what is told of one thing."""
        return f"{kind}/{id}"
