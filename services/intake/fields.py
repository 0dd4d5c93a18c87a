"""What people state in commands: checked, with an error that says what to write instead."""

from typing import Annotated

from babel import Locale as BabelLocale
from babel import UnknownLocaleError
from pydantic import AfterValidator, StringConstraints, WithJsonSchema

from shared.engine.authoring.scopes import SCOPES
from shared.ids import TENANT
from shared.text import checked_name, one_line
from shared.vocabulary.emails import understand_email
from shared.vocabulary.names import checked_person_name
from shared.vocabulary.time_zones import understand_zone, zone_names


def _slug(text: str) -> str:
    if not TENANT.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no slug: use 3 to 40 of a-z, 0-9 and hyphens, such as acme-labs")
    return text


def _locale(text: str) -> str:
    try:
        return str(BabelLocale.parse(text, sep="-")).replace("_", "-")
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"{text[:40]!r} is no locale: use a language code such as en, de or it-CH") from error


def _time_zone(text: str) -> str:
    if text not in zone_names():
        raise ValueError(f"{text[:40]!r} is no time zone: use an IANA name such as Europe/Rome")
    return text


def _written_time_zone(text: str) -> str:
    zone, notes = understand_zone(text.strip())
    if zone is None:
        raise ValueError(notes[0].sentence)
    return zone


def _scope_name(text: str) -> str:
    if text not in SCOPES:
        raise ValueError(f"{text[:40]!r} is no scope: use some of {', '.join(SCOPES)}")
    return text


def _email(text: str) -> str:
    address, notes = understand_email(text)
    if address is None:
        raise ValueError(notes[0].sentence)
    return address


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
Slug = Annotated[str, AfterValidator(_slug)]
Locale = Annotated[str, AfterValidator(_locale)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
WrittenTimeZone = Annotated[str, StringConstraints(max_length=100), AfterValidator(_written_time_zone)]
"""One as people write it: what a spreadsheet or a calendar calls it, too."""
Email = Annotated[str, AfterValidator(_email)]

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(checked_name)
]
"""One line that can be read."""

PersonName = Annotated[Name, AfterValidator(checked_person_name)]
"""One that does not only say that there is no answer."""

Pronouns = Annotated[str, StringConstraints(max_length=40), AfterValidator(one_line)]
"""As the person writes them; an empty text says none."""


def readable(text: str) -> str:
    """Return a text as one line; raises `ValueError` if nothing of it can be read."""
    if not (line := one_line(text)):
        raise ValueError("nothing of this can be read: write it with letters, or leave it out")
    return line


ScopeName = Annotated[str, AfterValidator(_scope_name), WithJsonSchema({"type": "string", "enum": [*SCOPES]})]
"""One of the scopes that clients may have."""
