"""What people are found by: keys of one index, and those that a search asks for."""

from collections.abc import Iterator

from shared.contracts.intake import Role
from shared.vocabulary.emails import email_key
from shared.vocabulary.search_words import beginnings, searched_words

SHORTEST_ADDRESS, LONGEST_ADDRESS = 3, 24
"""Characters of an address by whose beginning it is found; beyond these only as a whole."""


EVERYBODY = "everybody"
"""A key that all people have."""


def name_keys(name: str) -> set[str]:
    """Return the keys of a name."""
    return {f"name:{one}" for one in beginnings(name)}


def address_keys(email: str) -> set[str]:
    """Return the keys of an address: its beginnings, and the whole."""
    key = email_key(email)
    ends = range(SHORTEST_ADDRESS, min(len(key), LONGEST_ADDRESS) + 1)
    return {f"email:{key[:end]}" for end in (*ends, len(key))} if key else set()


def program_keys(program_id: str, role: Role) -> set[str]:
    """Return the keys of an application."""
    return {f"program:{program_id}", f"program:{program_id}/{role}", f"role:{role}"}


def searched_keys(text: str, program_id: str | None, role: Role | None) -> list[str]:
    """Return the keys that a person has who is looked for, those of the fewest people first."""
    return [*_text_keys(text), *_scope_keys(program_id, role)] or [EVERYBODY]


def _text_keys(text: str) -> Iterator[str]:
    if "@" in text:
        key = email_key(text.strip())
        yield f"email:{key}"
    else:
        yield from (f"name:{word}" for word in searched_words(text))


def _scope_keys(program_id: str | None, role: Role | None) -> Iterator[str]:
    if program_id:
        yield f"program:{program_id}/{role}" if role else f"program:{program_id}"
    elif role:
        yield f"role:{role}"
