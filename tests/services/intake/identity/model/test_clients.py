"""A client is known by its secret, of which only a hash is kept."""

from services.intake.identity.credentials import hashed, new_secret, owner
from services.intake.identity.model.clients import Client


def test_a_client_has_its_secret_and_no_other() -> None:
    client = Client(id="c1")
    client.register("HR system", hashed("secret"))
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
