"""What can be wrong with what a token says."""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.security.drafts import JUNK, MEGABYTE, Draft, Flaw
from tests.security.forms import FORMS, key_id, kind_of_token


def claim(name: str, odd: Sequence[Any]) -> Flaw:
    """Say something in a claim that it must not say."""

    def spoil(draft: Draft, random: Random) -> None:
        draft.claims[name] = random.choice(odd)

    return spoil


def without(*names: str) -> Flaw:
    """Leave one of these claims out."""

    def leave_out(draft: Draft, random: Random) -> None:
        draft.claims.pop(random.choice(names), None)

    return leave_out


def access_token_flaws(now: int, issuer: str) -> dict[str, Flaw]:
    """All that can be wrong with an access token of a person."""
    no_texts = [one for one in JUNK if not isinstance(one, str)]
    starts = [now + 60, now + 3600, str(now), *(one for one in JUNK if one is not False and one != 0)]
    no_roles = [
        "admin",
        {"admin": True},
        ["Admin"],
        [["admin"]],
        [{"admin": 1}],
        ["admin", 7],
        ["manager:"],
        ["a" * 41],
    ]
    return {
        **FORMS,
        "key id": key_id,
        "type": kind_of_token,
        "exp": claim("exp", [now - 11, now - 3600, str(now + 60), now + 60.5, *JUNK]),
        "iat": claim("iat", starts),
        "nbf": claim("nbf", starts),
        "iss": claim("iss", [f"{issuer}/", issuer.upper(), [issuer], f"{issuer}.example", *JUNK]),
        "aud": claim("aud", ["payroll", ["payroll", "lunch"], {"ithaca": 1}, "ITHACA", "ithaca ", [["ithaca"]], *JUNK]),
        "sub": claim("sub", [*no_texts, "", "a" * MEGABYTE]),
        "jti": claim("jti", [*no_texts, "", "a" * MEGABYTE]),
        "client_id": claim("client_id", [*no_texts, "", "a" * MEGABYTE]),
        "sid": claim("sid", [*no_texts, "a" * 65]),
        "kind": claim("kind", ["service", "Person", "client", "link", ["person"], *JUNK]),
        "link": claim("link", ["proposal:m1", "proposal:", ["proposal:m1"], *(one for one in JUNK if one != "")]),
        "tenant": claim(
            "tenant",
            [["acme", "beta"], "acme/beta", "acme/../beta", "Acme", "acme\n", *(one for one in JUNK if one != "null")],
        ),
        "roles": claim("roles", [*no_roles, *(one for one in JUNK if one not in ([], ["acme"]))]),
        "scope": claim("scope", ["intake:read", *(one for one in JUNK if one is not None)]),
        "left out": without("exp", "iat", "iss", "aud", "sub", "jti", "client_id", "kind", "tenant"),
    }


def statement_flaws(now: int, audience: str) -> dict[str, Flaw]:
    """All that can be wrong with what a client signs to show that it is itself."""
    no_texts = [one for one in JUNK if not isinstance(one, str)]
    starts = [now + 60, str(now), *(one for one in JUNK if one is not None and one is not False and one != 0)]
    return {
        **FORMS,
        "exp": claim("exp", [now - 11, now + 3600, str(now + 60), now + 60.5, *JUNK]),
        "iat": claim("iat", starts),
        "nbf": claim("nbf", starts),
        "iss": claim("iss", ["acme.other", "beta.hr", *JUNK]),
        "sub": claim("sub", ["acme.other", "operator", *JUNK]),
        "aud": claim("aud", ["https://elsewhere.example", f"{audience}/", {audience: 1}, [[audience]], *JUNK]),
        "jti": claim("jti", [*no_texts, "", "a" * 256]),
        "left out": without("exp", "iss", "sub", "aud", "jti"),
    }
