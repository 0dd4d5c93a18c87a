"""A provider that is away, slow, huge, or not what it says holds up nobody else, and is told in a sentence."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.jws import JWSRegistry

from services.intake.providers import documents, outbound
from services.intake.providers.addresses import is_permitted, networks
from services.intake.providers.documents import PATH
from tests.services.intake.providers.provider import ADA, Provider
from tests.services.intake.providers.signing_in import Acme

JSON = {"Content-Type": "application/json"}


def told(acme: Acme) -> str:
    """What somebody is told who wants to sign in; that the provider is not there is no news after a while."""
    relying_party = getattr(acme.api.app.state, "relying_party", None)
    if relying_party is not None:
        relying_party.documents.forget(acme.provider.issuer)
    answer = acme.api.post("/v1/sign-in/provider/requests", {"organization": "acme"})
    assert (answer.status_code, answer.json()["code"]) == (403, "provider-not-usable")
    return str(answer.json()["detail"])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((500, {}, b"{}"), "answers 500"),
        ((200, JSON, b"not json"), "no JSON object"),
        ((200, JSON, b"[]"), "no JSON object"),
        ((200, JSON, b"[" * 100_000), "no JSON object"),
        ((200, JSON, b'"' + b"x" * 600_000 + b'"'), "more than 512,000 bytes"),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), "answers 302"),
        ((200, JSON, b'{"issuer": "https://evil.example"}'), "another issuer"),
    ],
)
def test_what_is_no_description_of_the_provider_is_told(
    acme: Acme, answer: tuple[int, dict[str, str], bytes], words: str
) -> None:
    acme.provider.answers[PATH] = answer
    assert words in told(acme)


@pytest.mark.parametrize(
    "document",
    [
        {"token_endpoint": None},
        {"jwks_uri": 7},
        {"token_endpoint": "http://10.0.0.1/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"userinfo_endpoint": "http://metadata.internal/"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
def test_endpoints_that_cannot_be_used_are_told(acme: Acme, document: dict[str, object]) -> None:
    acme.provider.document = document
    assert told(acme)


def test_a_provider_that_does_not_answer_is_given_up_and_others_are_answered_meanwhile(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "SECONDS", 1.0)
    acme.provider.silent.add(PATH)

    async def meanwhile() -> tuple[list[bool], list[int]]:
        body = {"organization": "acme"}
        waiting = [
            asyncio.ensure_future(acme.api.request("POST", "/v1/sign-in/provider/requests", json=body))
            for _ in range(5)
        ]
        answers = [(await acme.api.request("GET", "/livez")).status_code for _ in range(20)]
        pending = [not one.done() for one in waiting]
        return [*pending, *[(await one).status_code == 403 for one in waiting]], answers

    outcomes, answers = acme.api.runner.run(meanwhile())
    assert answers == [200] * 20
    assert outcomes == [True] * 10
    assert acme.provider.asked.count(PATH) == 1


def test_not_more_than_some_wait_for_one_provider(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "SECONDS", 1.0)
    acme.provider.silent.add(PATH)

    async def many() -> list[int]:
        body = {"organization": "acme"}
        asked = [acme.api.request("POST", "/v1/sign-in/provider/requests", json=body) for _ in range(25)]
        return sorted(answer.status_code for answer in await asyncio.gather(*asked))

    assert acme.api.runner.run(many()) == [403] * 20 + [503] * 5


def test_a_provider_that_is_away_is_told_without_asking_it_again_for_seconds(acme: Acme) -> None:
    acme.provider.answers[PATH] = (200, {**JSON, "Content-Length": "x"}, b"")
    first = told(acme)
    asked = len(acme.provider.asked)
    again = acme.api.post("/v1/sign-in/provider/requests", {"organization": "acme"})
    assert again.json()["detail"] == first
    assert len(acme.provider.asked) == asked


def test_new_keys_are_fetched_for_a_token_that_names_one_and_not_again_at_once(acme: Acme) -> None:
    assert acme.sign_in().status_code == 200
    acme.provider.keys = [ECKey.generate_key("P-256", auto_kid=True)]
    assert acme.sign_in().json()["about"] == "ID token: signature"
    assert acme.provider.asked.count("/jwks") == 1
    known = acme.api.app.state.relying_party.documents.published[acme.provider.issuer]
    known.keyed -= documents.PAUSE
    assert acme.sign_in().status_code == 200
    assert acme.provider.asked.count("/jwks") == 2


def test_keys_that_the_provider_has_withdrawn_count_for_an_hour_at_most(acme: Acme) -> None:
    assert acme.sign_in().status_code == 200
    published = acme.provider.keys
    acme.provider.answers["/jwks"] = (200, JSON, b'{"keys": []}')
    assert acme.sign_in().status_code == 200
    known = acme.api.app.state.relying_party.documents.published[acme.provider.issuer]
    known.keyed -= timedelta(hours=1)
    assert acme.sign_in().json()["about"] == "keys"
    assert acme.provider.keys == published


@pytest.mark.parametrize(
    "made",
    [
        lambda: OctKey.generate_key(256).as_dict(private=True),
        lambda: {"kty": "EC", "crv": "P-256", "x": "?", "y": "?"},
        lambda: ECKey.generate_key("P-256").as_dict(private=False) | {"use": "enc"},
        lambda: RSAKey.generate_key(1024).as_dict(private=False),
        lambda: "not a key",
    ],
    ids=["secret", "broken", "for encryption", "short", "none"],
)
@pytest.mark.filterwarnings("ignore")
def test_a_key_that_is_none_to_check_with_counts_for_nothing(acme: Acme, made: Callable[[], object]) -> None:
    acme.provider.answers["/jwks"] = (200, JSON, json.dumps({"keys": [made()]}).encode())
    assert acme.sign_in().json()["about"] == "keys"


@pytest.mark.parametrize(
    "answer", [(401, {"error": "invalid_client"}), (400, {"error": ["x"]}), (200, {"id_token": 7})]
)
def test_what_the_token_endpoint_refuses_is_told(acme: Acme, answer: tuple[int, dict[str, object]]) -> None:
    status, said = answer
    acme.provider.answers["/token"] = (status, JSON, json.dumps(said).encode())
    assert acme.sign_in(ADA).json()["about"] == "token endpoint"


@pytest.mark.parametrize("token", ["x", "a.b.c", "a.b.c.d.e", "e30.e30.", "x" * 200_000])
def test_what_is_no_token_is_told(acme: Acme, token: str) -> None:
    acme.provider.answers["/token"] = (200, JSON, json.dumps({"id_token": token}).encode())
    assert acme.sign_in(ADA).json()["about"] == "ID token: signature"


@pytest.mark.parametrize(
    ("header", "payload", "about"),
    [
        ({"crit": ["b64"], "b64": False}, None, "ID token: signature"),
        ({"crit": ["exp"]}, None, "ID token: signature"),
        ({"alg": "none"}, None, "ID token: signature"),
        ({}, b'{"iss": "a", "iss": "b"}', "ID token"),
        ({}, b"[1]", "ID token"),
    ],
)
def test_a_token_that_reads_in_two_ways_is_told(
    acme: Acme, header: dict[str, object], payload: bytes | None, about: str
) -> None:
    key = acme.provider.keys[0]
    claims = json.loads(urlsafe_b64decode(acme.provider.id_token(ADA).split(".")[1] + "=="))
    whole = {"alg": "ES256", "kid": key.kid, **header}
    parts = [
        urlsafe_b64encode(one).rstrip(b"=")
        for one in (json.dumps(whole).encode(), payload or json.dumps(claims).encode())
    ]
    signature = JWSRegistry.algorithms["ES256"].sign(b".".join(parts), key)
    token = b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()
    acme.provider.answers["/token"] = (200, JSON, json.dumps({"id_token": token}).encode())
    assert acme.sign_in(ADA).json()["about"] == about


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",  # noqa: S104 - nothing listens there
            "224.0.0.1",
        ),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
    ],
)
def test_what_is_no_address_of_the_public_internet_is_not_asked(address: str) -> None:
    assert not is_permitted(address, [])


def test_a_network_that_is_allowed_is_asked_and_no_other_one() -> None:
    allowed = networks("10.1.0.0/16, fd00::/64")
    assert is_permitted("10.1.2.3", allowed)
    assert is_permitted("fd00::5", allowed)
    assert not is_permitted("10.2.2.3", allowed)
    assert is_permitted("93.184.216.34", [])
    assert is_permitted("2606:2800:220:1:248:1893:25c8:1946", [])


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1", "no-such-name.invalid"])
def test_a_name_that_leads_inside_is_told_as_one_that_leads_nowhere(acme: Acme, provider: Provider, host: str) -> None:
    acme.configure(issuer=f"https://{host}:1")
    acme.api.app.state.relying_party = None
    del acme.api.app.state.relying_party, acme.api.app.state.attempts
    acme.api.app.state.settings = acme.api.app.state.settings.model_copy(update={"provider_networks": ""})
    assert "leads to no address of the public internet" in told(acme)
