"""The page of who may ask for what, from the OpenAPI documents."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shared.documents.listed_pages import pages_by_role
from shared.documents.markdown import link, table
from shared.documents.operations import Operation, common, without
from shared.documents.places import EVERY_SERVICE, ROLES, http_page
from shared.engine.authoring.scopes import SCOPES
from shared.engine.authoring.service import Service

Json = dict[str, Any]  # an OpenAPI document

HEAD = """\
# Roles

Who may ask for what: every operation of every service, and every role. Made by `make contracts` from what operations
say of themselves: do not edit.

| role | who that is |
| --- | --- |
| anyone | whoever asks, without a token |
| operator | who runs the deployment; names the organization to act in |
| admin | who runs an organization |
| manager, reviewer, lead | who has that role in a program |
| partner_admin | who looks after the organization's people in another organization's program; opens nothing yet |
| member | the two of a match, the members of a relationship |
| person | everybody in the organization |
| enrolling | an admin without the passkey that the organization asks of its admins: adds one, and does nothing else |
| link | whoever has opened the link of a mail, without signing in: for what that is for and about, while it is open |
| client | a system of the organization that has the scope |

In the table, `yes` is for everything in the organization, `of the program` for what belongs to the program of the role,
`of their programs` for people who have applied to it, `own` for what is one's own, and `shows own` for a list of
nothing else; a link has one purpose, and where that is named, opens what it is about to its person. Who has several
roles may do whatever one of them may.

An operation that is for none of the roles that somebody has is answered with 403, whatever it is about. What is of
another program, of other people or of another organization is answered with 404, as if it did not exist: so a manager
of one program gets 404 for what managers do in another one, also where they take part in it themselves.

What is marked `fresh` takes people's sign-in of the last ten minutes: with an older one, the answer is 401, whatever it
is about, and `WWW-Authenticate` says how to go on (RFC 9470). Operators and clients show a secret for every token, and
a token lasts five minutes: they are always fresh.

Under `audit` is who leaves a line on the [audit trail](../decisions/0034-the-audit-trail.md) by asking: `staff` are
those who look after others, as operator, admin, manager, reviewer, lead, partner_admin or client, also when they are
refused.
"""

COLUMNS = (
    *("anyone", "operator", "admin", "manager", "reviewer", "lead", "partner_admin", "member", "person", "enrolling"),
    *("link", "client"),
)
FRESH, AUDIT = "fresh", "audit"


def roles_page(services: Sequence[Service], documents: Mapping[str, Json]) -> str:
    """Return the page of all operations and the roles that may ask for them."""
    shared = common(documents.values())
    parts = [HEAD, f"## Scopes\n\n{table(('scope', 'opens'), [(f'`{one}`', text) for one, text in SCOPES.items()])}\n"]
    parts.append(_part("Every service", shared, EVERY_SERVICE))
    found = [(one, without(shared, documents[one.name])) for one in services]
    parts += [_part(one.name.capitalize(), own, http_page(one)) for one, own in found if own]
    parts += [
        pages_by_role(one.title, COLUMNS, documents[one.name]) for one in services if "x-pages" in documents[one.name]
    ]
    return "\n".join(parts)


def _part(title: str, found: Sequence[Operation], page: Path) -> str:
    rows = [
        (
            *(one.method, link(f"`{one.path}`", page, ROLES, one.id.lower())),
            *(one.roles.get(role, "") for role in COLUMNS),
            FRESH if one.takes_fresh else "",
            one.audited,
        )
        for one in found
    ]
    return f"## {title}\n\n{table(('', '', *COLUMNS, FRESH, AUDIT), rows)}\n"
