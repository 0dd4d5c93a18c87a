"""Which tokens are taken, and which are not."""

import asyncio
import base64
import hashlib
import hmac
import json
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter

from shared.web import auth
from shared.web.auth import Caller, TokenRefused, Verifier
from tests.examples import examples
from tests.shared.web.issuing import Hands, Issuer

HOUR = 3600


def part(content: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def unsigned(issuer: Issuer) -> str:
    header = {"alg": "none", "typ": "at+jwt", "kid": issuer.keys[-1].kid}
    return f"{part(header)}.{part(issuer.claims())}."


def signed_with_the_public_key_as_a_secret(issuer: Issuer) -> str:
    key = issuer.keys[-1]
    signed = f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': key.kid})}.{part(issuer.claims())}"
    signature = hmac.digest(key.as_pem(private=False), signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_its_own_key_in_the_header(issuer: Issuer) -> str:
    key = ECKey.generate_key("P-256", auto_kid=True)
    return issuer.token({"jwk": key.as_dict(private=False)}, key=key)


def signed_by_somebody_else(issuer: Issuer) -> str:
    return issuer.token({"kid": issuer.keys[-1].kid}, key=ECKey.generate_key("P-256"))


def signed_with_another_algorithm(issuer: Issuer) -> str:
    header = {"alg": "RS256", "typ": "at+jwt", "kid": issuer.keys[-1].kid}
    return jwt.encode(header, issuer.claims(), RSAKey.generate_key(2048), algorithms=["RS256"])


def with_an_extension_that_must_be_understood(issuer: Issuer) -> str:
    key = issuer.keys[-1]
    header = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid, "crit": ["tea"], "tea": "Assam"}
    understands_tea = JWSRegistry({"tea": HeaderParameter("Tea", "str")}, algorithms=["ES256"])
    return jwt.encode(header, issuer.claims(), key, registry=understands_tea)


def with_another_tenant_written_in(issuer: Issuer) -> str:
    header, _, signature = issuer.token().split(".")
    return ".".join([header, part(issuer.claims(tenant="beta")), signature])


def with_claim(claim: str, value: object, issuer: Issuer) -> str:
    """A token whose payload is written by hand, as no library would: null stays, and so does NaN."""
    key = issuer.keys[-1]
    header = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}
    return jws.serialize_compact(header, json.dumps(issuer.claims() | {claim: value}).encode(), key)


def with_scope(scope: object, issuer: Issuer) -> str:
    return issuer.token(kind="client", scope=scope)


NO_SCOPES: list[object] = [
    *(True, 7, [], ["intake:read"], {}, {"intake:read": True}, "", " ", "intake", "intake:", ":read", "intake:read "),
    *(
        " intake:read",
        "intake:read  intake:write",
        "intake:read,intake:write",
        "Intake:read",
        "intake:read\n",
        "a" * 5000,
    ),
]
NO_TEXTS: list[object] = [None, True, 7, 7.5, math.nan, [], {}, {"a": "acme"}, "", "\ud800", [["acme"]]]
NO_TIMES: list[object] = [
    *(None, True, False, "", "tomorrow", "4000000000", [], [4_000_000_000], {}, {"a": 1}),
    *(math.nan, math.inf, -math.inf, 4e9, 4_000_000_000.5, 1e300),
    *(-1, -(2**63), 2**33 + 1, 2**63, 2**64, 10**30, 10**300),
]
NO_NAMES = [*NO_TEXTS, ["acme"], "PERSON", "person\0", "Acme", "acme\n", "a" * 5000]
ODD: dict[str, list[object]] = {
    "exp": NO_TIMES,
    "iat": NO_TIMES,
    "nbf": NO_TIMES,
    "iss": NO_TEXTS,
    "aud": NO_TEXTS,
    "kind": NO_NAMES,
    "tenant": NO_NAMES,
    "jti": [None, ""],
    "client_id": [None, ""],
    "sub": [*NO_TEXTS, ["acme"], "a" * 256],
    "roles": [
        *(None, True, 7, 7.5, math.nan, "admin", "", {}, {"admin": True}, {"admin": 1}),
        *([7], [None], [["admin"]], [{"admin": 1}], ["\ud800"], [""], ["Admin"], ["admin\n"], ["manager:"]),
        *(["manager:a b"], ["manager:a:b"], ["manager:" + "a" * 65], ["admin", 7], ["a" * 41], ["admin manager"]),
    ],
}

BAD: dict[str, Callable[[Issuer], str]] = {
    "unsigned": unsigned,
    "public key as a secret": signed_with_the_public_key_as_a_secret,
    "own key in the header": with_its_own_key_in_the_header,
    "signed by somebody else": signed_by_somebody_else,
    "signed with another algorithm": signed_with_another_algorithm,
    "another tenant written in": with_another_tenant_written_in,
    "signature cut off": lambda issuer: issuer.token().rpartition(".")[0] + ".",
    "unknown key": lambda issuer: issuer.token({"kid": "unknown"}),
    "no key id": lambda issuer: issuer.token({"kid": ""}),
    "an ID token's type": lambda issuer: issuer.token({"typ": "JWT"}),
    "an extension that must be understood": with_an_extension_that_must_be_understood,
    "another issuer": lambda issuer: issuer.token(iss="https://elsewhere.test"),
    "no issuer": lambda issuer: issuer.token(iss=None),
    "another audience": lambda issuer: issuer.token(aud="payroll"),
    "other audiences": lambda issuer: issuer.token(aud=["payroll", "lunch"]),
    "no audience": lambda issuer: issuer.token(aud=None),
    "expired": lambda issuer: issuer.token(exp=int(issuer.clock().timestamp()) - HOUR),
    "never expires": lambda issuer: issuer.token(exp=None),
    "expiry in words": lambda issuer: issuer.token(exp="tomorrow"),
    "issued in the future": lambda issuer: issuer.token(iat=int(issuer.clock().timestamp()) + HOUR),
    "not valid yet": lambda issuer: issuer.token(nbf=int(issuer.clock().timestamp()) + HOUR),
    "no subject": lambda issuer: issuer.token(sub=None),
    "empty subject": lambda issuer: issuer.token(sub=""),
    "a number as subject": lambda issuer: issuer.token(sub=7),
    "no client": lambda issuer: issuer.token(client_id=None),
    "no id": lambda issuer: issuer.token(jti=None),
    "no kind": lambda issuer: issuer.token(kind=None),
    "the kind of a service": lambda issuer: issuer.token(kind="service"),
    "a person without a tenant": lambda issuer: issuer.token(tenant=None),
    "a client without a tenant": lambda issuer: issuer.token(tenant=None, kind="client"),
    "a tenant that is a path": lambda issuer: issuer.token(tenant="acme/../beta"),
    "two tenants": lambda issuer: issuer.token(tenant=["acme", "beta"]),
    "roles of a client": lambda issuer: issuer.token(kind="client", roles=["admin"]),
    "roles of an operator": lambda issuer: issuer.token(kind="operator", roles=["admin"]),
    "a scope of a person": lambda issuer: issuer.token(scope="intake:read"),
    "a scope of an operator": lambda issuer: issuer.token(kind="operator", scope="intake:read"),
    **{f"the scope {odd!r:.40}": partial(with_scope, odd) for odd in NO_SCOPES},
    "an operator of an odd tenant": lambda issuer: issuer.token(tenant="A", kind="operator"),
    **{f"{claim}: {odd!r:.40}": partial(with_claim, claim, odd) for claim, values in ODD.items() for odd in values},
    "garbage": lambda _: "garbage",
    "dots": lambda _: "..",
    "no JSON": lambda _: "eyJ.eyJ.eyJ",
    "deep JSON": lambda _: base64.urlsafe_b64encode(b"[" * 30_000).decode() + ".e30.e30",
    "a list as header": lambda _: f"{base64.urlsafe_b64encode(b'[1]').decode()}.e30.e30",
    "an encrypted token": lambda _: "a.b.c.d.e",
}


def check(verifier: Verifier, token: str) -> Caller:
    return asyncio.run(verifier.caller({b"authorization": f"Bearer {token}".encode()}))


@pytest.mark.parametrize("made", BAD.values(), ids=BAD.keys())
def test_a_token_with_one_thing_wrong_is_refused(made: Callable[[Issuer], str]) -> None:
    issuer = Issuer()
    with pytest.raises(TokenRefused) as refused:
        check(issuer.verifier(), made(issuer))
    assert "get a new one" in refused.value.detail
    assert refused.value.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("authorization", [None, b"", b"Basic YTpi", b"Bearer", b"Bearer ", b"token abc"])
def test_without_a_bearer_token_the_answer_says_how_to_send_one(authorization: bytes | None) -> None:
    headers = {} if authorization is None else {b"authorization": authorization}
    with pytest.raises(TokenRefused, match="Authorization: Bearer") as refused:
        asyncio.run(Issuer().verifier().caller(headers))
    assert refused.value.headers["WWW-Authenticate"] == 'Bearer realm="ithaca"'


VERIFIER = Issuer().verifier()


@examples(300)
@given(st.binary() | st.text(st.characters(codec="ascii")).map(str.encode))
def test_no_garbage_gets_past_the_check_or_breaks_it(garbage: bytes) -> None:
    with pytest.raises(TokenRefused):
        asyncio.run(VERIFIER.caller({b"authorization": b"Bearer " + garbage}))


@pytest.mark.parametrize(
    ("changed", "caller"),
    [
        ({}, Caller("acme", "person", "p1")),
        ({"kind": "client", "sub": "c1", "scope": None}, Caller("acme", "client", "c1")),
        ({"kind": "operator", "sub": "ops"}, Caller("acme", "operator", "ops")),
        ({"kind": "operator", "sub": "ops", "tenant": None}, Caller("", "operator", "ops")),
        ({"roles": []}, Caller("acme", "person", "p1")),
        (
            {"roles": ["admin", "manager:0190", "admin"]},
            Caller("acme", "person", "p1", roles=frozenset({"admin", "manager:0190"})),
        ),
        (
            {"kind": "client", "scope": "intake:read events:read"},
            Caller("acme", "client", "p1", scopes=frozenset({"intake:read", "events:read"})),
        ),
        ({"aud": ["payroll", "ithaca"]}, Caller("acme", "person", "p1")),
    ],
)
def test_a_valid_token_says_who_asks(changed: dict[str, Any], caller: Caller) -> None:
    issuer = Issuer()
    assert check(issuer.verifier(), issuer.token(**changed)) == caller


def test_the_type_may_be_written_as_a_whole_media_type() -> None:
    issuer = Issuer()
    assert check(issuer.verifier(), issuer.token({"typ": "application/AT+JWT"})).subject == "p1"


def test_only_a_person_has_a_person_id() -> None:
    assert Caller("acme", "person", "p1").person_id == "p1"
    assert Caller("acme", "client", "c1").person_id is None


def test_a_token_with_forty_roles_is_valid() -> None:
    issuer, roles = Issuer(), [f"manager:0190a3f2-{number:04}-7000-8000-000000000000" for number in range(40)]
    assert check(issuer.verifier(), issuer.token(roles=roles)).roles == set(roles)


def test_a_remembered_token_expires_all_the_same() -> None:
    clock = Hands()
    issuer = Issuer(clock)
    verifier, token = issuer.verifier(), issuer.token()
    check(verifier, token)
    clock.move(seconds=900 + auth.LEEWAY)
    with pytest.raises(TokenRefused, match="expired"):
        check(verifier, token)


def test_only_so_many_tokens_are_remembered_and_the_one_used_longest_ago_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(auth, "REMEMBERED", 2)
    issuer = Issuer()
    verifier = issuer.verifier()
    first, second, third = (issuer.token(jti=name) for name in "abc")
    for token in (first, second, first, third):
        check(verifier, token)
    assert list(verifier.remembered) == [first.encode(), third.encode()]
