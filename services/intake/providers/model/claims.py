"""Who somebody is, in the claims of a provider (OpenID Connect Core 1.0, 5.1); each is looked at before it is used."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from services.intake.fields import Locale, PersonName, TimeZone
from services.intake.providers.model.findings import ProviderFault
from shared.vocabulary.emails import understand_email

Claims = Mapping[str, Any]  # JSON that somebody else has written

LONGEST_SUBJECT = 255
"""Characters (OpenID Connect Core 1.0, 2)."""
MOST_VALUES = 2_000
"""Of one claim, such as the groups that somebody is in."""
LONGEST_VALUE = 255
SHOWN = 40
"""Characters of a value that a sentence quotes."""
NAME, LOCALE, TIME_ZONE = TypeAdapter[str](PersonName), TypeAdapter[str](Locale), TypeAdapter[str](TimeZone)


class Described(NamedTuple):
    """Somebody as their provider describes them; what it does not say is empty."""

    subject: str
    email: str
    name: str
    locale: str
    time_zone: str


def describe(claims: Claims, domains: tuple[str, ...]) -> Described:
    """Return who the claims are about; raises `ProviderFault` if they have no verified address of these domains."""
    email = _verified_email(claims)
    domain = email.rpartition("@")[2].casefold()
    if domain not in domains:
        raise ProviderFault(
            "claim email",
            f"The address is at {domain}, and people sign in by this provider with addresses at {', '.join(domains)}.",
            "Sign in with another account, or ask an admin to allow the domain.",
        )
    return Described(
        subject_of(claims),
        email,
        _if_usable(claims.get("name"), NAME),
        _if_usable(claims.get("locale"), LOCALE),
        _if_usable(claims.get("zoneinfo"), TIME_ZONE),
    )


def subject_of(claims: Claims) -> str:
    """Return the provider's own id of somebody; raises `ProviderFault`."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ProviderFault(
            "claim sub",
            f"The claim sub is {shown(subject)}, and must be a text of 1 to {LONGEST_SUBJECT} characters.",
            "Have the provider send its own id of each person as sub.",
        )
    return subject


def _verified_email(claims: Claims) -> str:
    stated, is_verified = claims.get("email"), claims.get("email_verified")
    if stated is None:
        raise ProviderFault(
            "claim email",
            "The provider says no e-mail address: the claim email is missing.",
            "Let it send email and email_verified for the scope email, in the ID token or at its UserInfo endpoint.",
        )
    address = understand_email(stated)[0] if isinstance(stated, str) else None
    if address is None:
        raise ProviderFault(
            "claim email",
            f"The claim email is {shown(stated)}, and must be one e-mail address, as a text.",
            "Map the claim email to one address of each person.",
        )
    if is_verified is not True:
        found = "missing" if is_verified is None else shown(is_verified)
        raise ProviderFault(
            "claim email_verified",
            f"Nobody vouches for the address: the claim email_verified is {found}, and must be true (no text).",
            "Have the address confirmed at the provider, or let it send email_verified as a boolean.",
        )
    return address


def values_of(claims: Claims, name: str) -> tuple[str, ...]:
    """Return what a claim has, a text or a list of texts; raises `ProviderFault`.

    `name` is the name of the claim, or with a slash in front the way to one inside of others (RFC 6901).
    """
    found = _found(claims, name)
    if found is None:
        return ()
    values = [found] if isinstance(found, str) else found
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        inside = " It has claims inside." if isinstance(found, dict) else ""
        raise ProviderFault(
            f"claim {name}",
            f"The claim {name} is {shown(found)}, and must be a text or a list of texts.{inside}",
            f"Correct it at the provider, or name the one inside, such as /{name.strip('/')}/roles.",
        )
    if len(values) > MOST_VALUES or any(len(one) > LONGEST_VALUE for one in values):
        raise ProviderFault(
            f"claim {name}",
            f"The claim {name} has {len(values)} values; at most {MOST_VALUES} of {LONGEST_VALUE} characters are read.",
            "Let the provider send only the groups or roles that are for this platform.",
        )
    return tuple(dict.fromkeys(values))


def _found(claims: Claims, name: str) -> Any:  # any JSON
    if not name.startswith("/"):
        return claims.get(name)
    found: Any = claims
    for part in name[1:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _if_usable(stated: Any, kind: TypeAdapter[str]) -> str:  # any JSON
    """What somebody new is called by, or written to in; what cannot be used is passed over."""
    try:
        return kind.validate_python(stated, strict=True)
    except ValidationError:
        return ""


def shown(value: object) -> str:
    """Return what a claim is, short enough for a sentence."""
    match value:
        case None:
            return "missing"
        case dict():
            return f"an object with {len(value)} members"
        case list():
            return f"a list of {len(value)}"
    text = f"{value!a}" if isinstance(value, str) else str(value).lower()
    kind = "text" if isinstance(value, str) else "value"
    return f"the {kind} {text[:SHOWN]}" + ("..." if len(text) > SHOWN else "")
