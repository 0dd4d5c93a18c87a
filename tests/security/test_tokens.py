"""Thousands of tokens that are wrong, wherever tokens are shown: none is taken, and none brings anything down."""

import hmac
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64decode

from services.intake.identity import assertions
from services.intake.identity.assertions import Expected, NotAsserted
from services.intake.identity.model.clients import Client
from shared.installed import installed_services
from shared.sign_in_secrets import Action
from shared.web import auth, signed
from shared.web.signed import read_header
from tests.security.claims import access_token_flaws, statement_flaws
from tests.security.drafts import Draft, drafted
from tests.security.tokens import made_up, made_up_handles
from tests.services.intake.identity.issuing import SECRET, add_person, issuing, mailbox, sign_in, sign_in_operator
from tests.shared.web.admin.operating import operating
from tests.shared.web.api import Api
from tests.shared.web.issuing import ISSUER, Issuer

SERVICES = {service.name: service for service in installed_services()}
SEEDS = {name: 14 + number for number, name in enumerate(SERVICES)}
SEED = 20
PATH = "/v1/timers"
"""Of every service; an admin may read it."""

checked = jws.deserialize_compact


def unsigned_too(text: bytes, key: ECKey, algorithms: list[str]) -> object:
    """Take what says that it is not signed."""
    is_unsigned = str(read_header(text).get("alg")).lower() == "none"
    return None if is_unsigned else checked(text, key, algorithms=algorithms)


def by_its_own_key(text: bytes, key: ECKey, algorithms: list[str]) -> object:
    """Take the key that the token brings with it."""
    brought = read_header(text).get("jwk")
    return checked(text, ECKey.import_key(brought) if brought else key, algorithms=algorithms)


def whatever_algorithm(text: bytes, key: ECKey, algorithms: list[str]) -> object:
    """Take the public key as the secret of an HMAC, as the token asks for."""
    if read_header(text).get("alg") != "HS256":
        return checked(text, key, algorithms=["ES256"])
    told, _, signature = text.rpartition(b".")
    if urlsafe_b64decode(signature) != hmac.digest(key.as_pem(private=False), told, "sha256"):
        raise BadSignatureError
    return None


WEAK: dict[str, tuple[object, str, object]] = {
    "unsigned": (jws, "deserialize_compact", unsigned_too),
    "signer": (jws, "deserialize_compact", by_its_own_key),
    "shared secret": (jws, "deserialize_compact", whatever_algorithm),
    "signature": (jws, "deserialize_compact", lambda *_, **__: None),
    "critical": (signed, "EXTENSIONS", frozenset[str]()),
    "doubled": (signed, "read_json", json.loads),
    "type": (auth, "TYPES", ("at+jwt", "jwt")),
    "exp": (auth, "LEEWAY", 7200),
}
"""Mistakes that verifiers have made, by the flaw that then is not seen: where, and what stands there instead."""

Answers = Counter[str]
"""How often a token was refused, taken or brought something down; and for which flaws it was not refused."""


def genuine(issuer: Issuer) -> Draft:
    """A token that is taken."""
    key = issuer.keys[-1]
    return drafted(key, {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}, issuer.claims(roles=["admin"], sid="s1"))


def tried(tokens: list[tuple[str, str]], show: Callable[[bytes], str]) -> Answers:
    """Show each of them."""
    answers = Answers()
    for flaws, token in tokens:
        outcome = show(token.encode())
        answers[outcome] += 1
        if outcome != "refused":
            answers[f"{outcome}: {flaws}: {token[:300]}"] += 1
    return answers


def bearer(api: Api) -> Callable[[bytes], str]:
    """Show a token with a request."""

    def show(token: bytes) -> str:
        status = api.get(PATH, headers={b"Authorization": b"Bearer " + token}).status_code
        return {401: "refused", 200: "accepted"}.get(status, f"answered with {status}")

    return show


@pytest.mark.long
@pytest.mark.parametrize("name", SERVICES)
def test_no_service_takes_a_token_with_anything_wrong(name: str) -> None:
    with operating(SERVICES[name]) as api:
        issuer = api.issuer
        flaws = access_token_flaws(int(issuer.clock().timestamp()), ISSUER)
        show = bearer(api)
        assert show(genuine(issuer).text().encode()) == "accepted"
        answers = tried(made_up(lambda: genuine(issuer), flaws, SEEDS[name], 600), show)
    print(f"{name}: {dict(answers)}")  # noqa: T201 - how many were shown is a part of the result
    assert answers == {"refused": 600}


@pytest.mark.long
def test_introspection_calls_none_of_them_active(tmp_path: Path) -> None:
    with issuing(tmp_path) as api:
        issuer = Issuer()
        api.app.state.verifier = issuer.verifier()

        def show(token: bytes) -> str:
            answer = api.post("/oauth/introspect", data={"token": token.decode("latin-1")}, auth=("operator", SECRET))
            if answer.status_code in (200, 413):
                return "accepted" if answer.status_code == 200 and answer.json()["active"] else "refused"
            return f"answered with {answer.status_code}"

        assert show(genuine(issuer).text().encode()) == "accepted"
        flaws = access_token_flaws(int(issuer.clock().timestamp()), ISSUER)
        answers = tried(made_up(lambda: genuine(issuer), flaws, SEED + 1, 500), show)
    print(f"introspection: {dict(answers)}")  # noqa: T201 - how many were shown is a part of the result
    assert answers == {"refused": 500}


@pytest.mark.long
def test_no_client_is_let_in_by_a_statement_with_anything_wrong() -> None:
    key, at = ECKey.generate_key("P-256", auto_kid=True), datetime.now(UTC)
    now, audience = int(at.timestamp()), "https://intake.test"
    client = Client(
        id="hr",
        name="HR",
        keys=[assertions.check_key({name: str(value) for name, value in key.as_dict(private=False).items()})],
    )
    expected = Expected(frozenset({audience}), at)
    claims = {"iss": "acme.hr", "sub": "acme.hr", "aud": audience, "iat": now, "exp": now + 60, "jti": "j1"}

    def show(statement: bytes) -> str:
        try:
            assertions.check(statement.decode("latin-1"), "acme.hr", client, expected)
        except NotAsserted:
            return "refused"
        return "accepted"

    def stated() -> Draft:
        return drafted(key, {"alg": "ES256", "kid": key.kid}, claims)

    assert show(stated().text().encode()) == "accepted"
    answers = tried(made_up(stated, statement_flaws(now, audience), SEED + 2, 1500), show)
    print(f"statements of clients: {dict(answers)}")  # noqa: T201 - how many were shown is a part of the result
    assert answers == {"refused": 1500}


@pytest.mark.long
def test_no_session_goes_on_by_a_refresh_token_that_was_made_up(tmp_path: Path) -> None:
    with issuing(tmp_path, forwarded_hops=1) as api:
        sign_in_operator(api)
        add_person(api)
        api.token = None
        right: str = sign_in(api)["refresh_token"]
        answers = Answers()
        for number, token in enumerate(made_up_handles(right, SEED, 300)):
            form = {"grant_type": "refresh_token", "refresh_token": token}
            network = {"X-Forwarded-For": f"10.{number}.0.1"}
            status = api.post("/oauth/token", data=form, headers=network).status_code
            answers[{400: "refused", 413: "refused"}.get(status, f"answered with {status}")] += 1
        print(f"refresh tokens: {dict(answers)}")  # noqa: T201 - how many were shown is a part of the result
        assert answers == {"refused": 300}
        still = api.post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": right})
        assert still.status_code == 200


@pytest.mark.long
def test_no_link_of_a_mail_opens_anything_that_was_made_up(tmp_path: Path) -> None:
    with issuing(tmp_path, forwarded_hops=1) as api:
        sign_in_operator(api)
        ada = add_person(api)
        api.token = None
        right = mailbox.action_link(Action("proposal", "acme", ada, "m1", "99999999999"))
        answers = Answers()
        for number, link in enumerate(made_up_handles(right, SEED, 300)):
            network = {"X-Forwarded-For": f"10.{number}.0.1"}
            status = api.post("/v1/action-links", {"link": link}, headers=network).status_code
            answers[{403: "refused", 413: "refused", 422: "refused"}.get(status, f"answered with {status}")] += 1
        print(f"links of mails: {dict(answers)}")  # noqa: T201 - how many were shown is a part of the result
        assert answers == {"refused": 300}
        assert api.post("/v1/action-links", {"link": right}).status_code == 200


@pytest.mark.parametrize("flaw", WEAK)
def test_a_verifier_that_does_not_see_a_flaw_is_found(flaw: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, weaker = WEAK[flaw]
    monkeypatch.setattr(where, name, weaker)
    with operating(SERVICES["notify"]) as api:
        flaws = access_token_flaws(int(api.issuer.clock().timestamp()), ISSUER)
        tokens = made_up(lambda: genuine(api.issuer), {flaw: flaws[flaw]}, SEED, 60)
        answers = tried(tokens, bearer(api))
    assert answers["accepted"] > 0
