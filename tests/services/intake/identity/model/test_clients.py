"""A client is known by its secret, of which only a hash is kept."""

from datetime import timedelta

import pytest

from services.intake.identity.credentials import hashed, new_secret, owner
from services.intake.identity.model.clients import (
    FIRST,
    MOST_ASSERTIONS,
    Client,
    ClientDisabled,
    ClientSecret,
    LastCredential,
    TwoSecrets,
)
from tests.services.intake.builders import NOW

MINUTE = timedelta(minutes=1)


def registered() -> Client:
    client = Client(id="c1")
    client.register("HR system", hashed("secret"), ["intake:read"])
    return client


def second() -> ClientSecret:
    return ClientSecret(id="s2", hash=hashed("second"), made_at=NOW)


def test_a_client_has_its_secret_and_no_other() -> None:
    client = Client(id="c1")
    client.register("HR system", hashed("secret"), ["intake:read"])
    assert client.has_secret("secret")
    assert not client.has_secret("guess")
    assert "secret" not in client.secret_hash


def test_a_client_that_was_never_registered_has_no_secret() -> None:
    assert not Client(id="c1").has_secret("")


def test_a_secret_has_256_bits_and_is_never_the_same() -> None:
    assert len(new_secret()) == 43
    assert len({new_secret() for _ in range(100)}) == 100


def test_a_credential_names_its_tenant_or_nothing() -> None:
    assert owner("acme.c1") == ("acme", "c1")
    assert [owner(text) for text in ("", "acme", "acme.", ".c1", "ACME.c1", "a/b.c1")] == [None] * 6


def test_two_secrets_count_and_a_third_is_refused() -> None:
    client = registered()
    client.add_secret(second())
    assert (client.has_secret("secret"), client.has_secret("second")) == (True, True)
    with pytest.raises(TwoSecrets):
        client.add_secret(second())


@pytest.mark.parametrize(("ended", "left"), [(FIRST, "second"), ("s2", "secret")])
def test_one_of_two_secrets_is_ended_and_the_last_is_not(ended: str, left: str) -> None:
    client = registered()
    client.add_secret(second())
    client.end_secret(ended)
    assert [client.has_secret(one) for one in ("secret", "second")] == [one == left for one in ("secret", "second")]
    with pytest.raises(LastCredential):
        client.end_secret("s2" if ended == FIRST else FIRST)


def test_a_client_that_is_disabled_has_no_credential_and_is_not_changed_any_more() -> None:
    client = registered()
    client.add_secret(second())
    client.trust([{"kid": "k1"}])
    assert (client.disable(NOW), client.disable(NOW)) == (True, False)
    assert (client.secrets, client.keys) == ([], [])
    with pytest.raises(ClientDisabled):
        client.rename("x")
    with pytest.raises(ClientDisabled):
        client.add_secret(second())
    with pytest.raises(ClientDisabled):
        client.trust([])
    with pytest.raises(ClientDisabled):
        client.end_secret(FIRST)


def test_either_kind_of_credential_is_enough_and_one_is_needed() -> None:
    client = registered()
    client.trust([])
    client.trust([{"kid": "k1"}])
    client.end_secret(FIRST)
    with pytest.raises(LastCredential):
        client.trust([])


def test_what_was_shown_is_not_new_until_nobody_could_show_it_any_more() -> None:
    client = registered()
    assert client.show("a", NOW + MINUTE, NOW)
    assert not client.show("a", NOW + MINUTE, NOW + MINUTE - timedelta(milliseconds=1))
    assert client.show("a", NOW + 2 * MINUTE, NOW + MINUTE)
    assert [*client.assertions] == ["a"]


def test_a_client_shows_so_much_at_once_and_no_more() -> None:
    client = registered()
    for number in range(MOST_ASSERTIONS):
        assert client.show(f"a{number}", NOW + MINUTE, NOW)
    assert not client.show("one more", NOW + MINUTE, NOW)
    assert client.show("one more", NOW + 2 * MINUTE, NOW + MINUTE)
