"""Words that the command line knows: services and types of events, for completion and for what is misspelled."""

from collections.abc import Iterable, Sequence
from functools import cache

import typer

from deploy.deployment import service_names
from shared.suggestions import did_you_mean, nearest

ANY = "*"


def no_service(name: str, known: Iterable[str]) -> str:
    """Say that there is no such service, which there are, and which was probably meant."""
    names = list(known)
    return f"There is no service {name}: there are {', '.join(names)}{did_you_mean(name, names)}"


def complete_service(incomplete: str) -> list[str]:
    """Return the services that begin so."""
    return [name for name in service_names() if name.startswith(incomplete)]


@cache
def known_types() -> dict[str, str]:
    """Return the bare name of each type of event, such as MatchAccepted, with the whole one that has its version."""
    from shared.contracts.catalog import every_contract  # noqa: PLC0415 - it loads all contracts

    return {contract.about.name: contract.type_name for contract in every_contract()}


def complete_type(incomplete: str) -> list[str]:
    """Return the types that begin so: bare names, or whole ones for who has typed a dot."""
    known = known_types()
    return sorted(name for name in (known.values() if "." in incomplete else known) if name.startswith(incomplete))


def complete_whole_type(incomplete: str) -> list[str]:
    """Return the whole types that begin so."""
    return sorted(name for name in known_types().values() if name.startswith(incomplete))


def checked_type(wanted: str) -> str:
    """Return the type as it is; refuse what is misspelled.

    One that is near none that is known here may be a type of a service of somebody else: that is said, and it is taken.
    """
    known = {*known_types(), *known_types().values()}
    begun = wanted.removesuffix(ANY)
    if begun != wanted:
        known = {f"{one[: len(begun)]}{ANY}" for one in known}
    if not begun or wanted in known:
        return wanted
    if near := nearest(wanted, known):
        raise typer.BadParameter(f"there is no type {wanted}; did you mean {near}?")
    typer.echo(f"No type {wanted} is known here.", err=True)
    return wanted


def checked_types(wanted: Sequence[str]) -> list[str]:
    """Return the types as they are; refuse what is misspelled."""
    return [checked_type(one) for one in wanted]
