"""What fields mean that say nothing about themselves."""

from collections import Counter
from collections.abc import Mapping

from shared.contracts.catalog import every_contract

OF_EVERYTHING = {
    "id": "Its id.",
    "version": "How often it was changed; `If-Match` takes it.",
    "items": "What is on this page of the list.",
}


def words() -> Mapping[str, str]:
    """Return the meaning of ids and of what everything has, by name: an id means what it means in most events."""
    meanings: dict[str, Counter[str]] = {}
    for contract in every_contract():
        for name, field in contract.model_fields.items():
            if name.endswith("_id") and field.description:
                meanings.setdefault(name, Counter())[field.description] += 1
    return {name: counted.most_common(1)[0][0] for name, counted in meanings.items()} | OF_EVERYTHING
