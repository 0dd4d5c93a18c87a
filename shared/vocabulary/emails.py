"""E-mail addresses (RFC 5322, 6531): checked for their form only, never by asking a name server."""

import unicodedata
from contextlib import suppress

from email_validator import EmailNotValidError, validate_email

from shared.vocabulary.cells import about_formula
from shared.vocabulary.findings import Finding, Note, refused, understood

LONGEST = 254
"""Characters of an address (RFC 5321, 4.5.3.1.3, less the brackets)."""

GMAIL = frozenset({"gmail.com", "googlemail.com"})


def understand_email(cell: str) -> Finding[str | None]:
    """Read an address: its spelling is kept, Unicode normalized and the domain put into lower case."""
    given = cell.strip()
    if not given:
        return Finding(None, (refused("", "An e-mail address is needed."),))
    if len(given) > LONGEST:
        return Finding(None, (refused(given, f"An address has at most {LONGEST} characters; this one has more."),))
    try:
        address = validate_email(given, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        return Finding(None, (refused(given, f"{given!a} is no e-mail address. {error}"),))
    notes: tuple[Note, ...] = about_formula(cell)
    if address != given:
        notes += (understood(given, address, f'"{given}" is kept as {address}.'),)
    return Finding(address, notes)


def email_key(email: str) -> str:
    """Return the same for every spelling of an address. Mail systems may tell them apart, people never do."""
    return email.casefold()


def email_identity(email: str) -> str:
    """Return the same for all addresses that certainly or very probably reach one person.

    Beside case, the tag behind a `+` makes no difference, nor how a domain in other letters is encoded, nor at Gmail a
    dot. Good for keeping people apart from themselves; who has an account is told by `email_key`.
    """
    local, _, domain = unicodedata.normalize("NFKC", email).strip().casefold().rpartition("@")
    local, _, _ = local.partition("+") if not local.startswith("+") else (local, "", "")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    if domain in GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"
