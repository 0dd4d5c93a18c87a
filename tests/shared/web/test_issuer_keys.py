"""When the issuer's keys are fetched, and what happens when they cannot be."""

import asyncio
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from joserfc.jwk import ECKey, KeySet

from shared.errors import TryLater
from shared.web.auth import TokenRefused
from shared.web.issuer_keys import IssuerKeys, fetch_from
from tests.shared.web.issuing import Hands, Issuer
from tests.shared.web.test_auth import check


def test_the_keys_are_fetched_once_for_many_who_ask_at_the_same_time() -> None:
    issuer = Issuer()
    verifier = issuer.verifier()

    async def many() -> None:
        headers = [{b"authorization": f"Bearer {issuer.token(jti=str(i))}".encode()} for i in range(20)]
        await asyncio.gather(*(verifier.caller(each) for each in headers))

    asyncio.run(many())
    assert issuer.fetched == 1


def test_a_new_key_is_taken_as_soon_as_a_token_names_it() -> None:
    clock = Hands()
    issuer = Issuer(clock)
    verifier = issuer.verifier()
    check(verifier, issuer.token())
    issuer.rotate()
    clock.move(seconds=3)
    assert check(verifier, issuer.token()).subject == "p1"
    assert issuer.fetched == 2


def test_invented_key_ids_do_not_flood_the_issuer() -> None:
    clock = Hands()
    issuer = Issuer(clock)
    verifier = issuer.verifier()
    for number in range(50):
        with pytest.raises(TokenRefused):
            check(verifier, issuer.token({"kid": f"invented-{number}"}))
        clock.move(seconds=0.1)
    assert issuer.fetched <= 3


def test_a_withdrawn_key_is_trusted_for_minutes_only() -> None:
    clock = Hands()
    issuer = Issuer(clock)
    verifier = issuer.verifier()
    check(verifier, issuer.token())
    withdrawn = issuer.keys.pop(0)
    issuer.rotate()
    clock.move(minutes=5)
    with pytest.raises(TokenRefused):
        check(verifier, issuer.token(key=withdrawn, jti="another"))


def test_without_the_issuer_nobody_is_let_in_and_everybody_is_told_to_come_back() -> None:
    clock = Hands()
    issuer = Issuer(clock)
    verifier = issuer.verifier()
    issuer.is_away = True
    for _ in range(2):
        with pytest.raises(TryLater, match="try again"):
            check(verifier, issuer.token())
    assert issuer.fetched == 1
    issuer.is_away = False
    clock.move(seconds=2)
    assert check(verifier, issuer.token()).subject == "p1"


def test_keys_that_are_old_and_cannot_be_fetched_anew_are_not_used() -> None:
    clock = Hands()
    issuer = Issuer(clock)
    verifier = issuer.verifier()
    check(verifier, issuer.token())
    issuer.is_away = True
    clock.move(minutes=6)
    with pytest.raises(TryLater):
        check(verifier, issuer.token())


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"keys": 3}', b'{"keys": [7]}', b'{"keys": [{"a": {}}]}'])
def test_an_answer_that_is_no_key_set_is_like_none(answer: bytes) -> None:
    async def fetch() -> bytes:
        return answer

    with pytest.raises(TryLater):
        asyncio.run(IssuerKeys(fetch, Hands()).get("k"))


def test_keys_of_other_kinds_in_the_set_are_left_alone() -> None:
    key = ECKey.generate_key("P-256", auto_kid=True)
    others = [{"kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB"}, {"kty": "oct", "kid": "o"}, {"kty": "EC"}]

    async def fetch() -> bytes:
        return json.dumps({"keys": [*others, key.as_dict(private=False)]}).encode()

    async def ask() -> list[bool]:
        keys = IssuerKeys(fetch, Hands())
        return [await keys.get(kid) is not None for kid in ("r", "o", str(key.kid))]

    assert asyncio.run(ask()) == [False, False, True]


class Published(BaseHTTPRequestHandler):
    """Serves a key set where an issuer has it."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/.well-known/jwks.json" else 404)
        self.end_headers()
        self.wfile.write(json.dumps(KeySet([]).as_dict()).encode())

    def log_message(self, *_: object) -> None:
        return


def test_the_keys_are_read_from_the_issuers_address() -> None:
    server = HTTPServer(("127.0.0.1", 0), Published)
    serving = Thread(target=server.serve_forever)
    serving.start()
    try:
        assert asyncio.run(fetch_from(f"http://127.0.0.1:{server.server_port}")()) == b'{"keys": []}'
        with pytest.raises(OSError, match="404"):
            asyncio.run(fetch_from(f"http://127.0.0.1:{server.server_port}/elsewhere")())
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
