"""Whose a card is that has gone."""

from collections.abc import Iterable, Sequence

from shared.engine.authoring.aggregate import Aggregate


class MergedPerson(Aggregate, name="merged_person"):
    """A card that was merged into that of `person_id`; its id is the one that it had."""

    person_id: str = ""


def cards_of(people: Iterable[str], merged: Iterable[MergedPerson]) -> Sequence[str]:
    """Return the cards of these people, by now."""
    into = {one.id: one.person_id for one in merged}
    return [into.get(id, id) for id in people]
