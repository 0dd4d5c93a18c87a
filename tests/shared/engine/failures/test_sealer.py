"""What dead letters contain is sealed, and opens only with the key and as the message that it was."""

import pytest

from shared.engine.failures.sealer import Contents, ContentSealer, NotOpened, Sealed, key_id

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
ADA = Contents(b'{"name": "Ada"}', (("ce_id", b"\xff"),))


def test_what_was_sealed_opens_again_and_shows_nothing_meanwhile() -> None:
    sealer = ContentSealer([OLD])
    sealed = sealer.seal("acme/m1", ADA)
    assert sealer.open("acme/m1", sealed) == ADA
    assert b"Ada" not in sealed.ciphertext


def test_the_same_contents_are_never_sealed_alike() -> None:
    sealer = ContentSealer([OLD])
    assert sealer.seal("acme/m1", ADA).ciphertext != sealer.seal("acme/m1", ADA).ciphertext


def test_after_a_rotation_the_new_key_seals_and_the_old_one_still_opens() -> None:
    before, after = ContentSealer([OLD]).seal("acme/m1", ADA), ContentSealer([NEW, OLD])
    assert after.open("acme/m1", before) == ADA
    assert after.seal("acme/m1", ADA).key == key_id(NEW)


def test_a_key_that_is_gone_is_named_with_the_remedy() -> None:
    sealed = ContentSealer([OLD]).seal("acme/m1", ADA)
    with pytest.raises(NotOpened, match=rf"{key_id(OLD)}, which this process does not have: add that key"):
        ContentSealer([NEW]).open("acme/m1", sealed)


def test_without_a_key_nothing_is_kept() -> None:
    sealed = ContentSealer().seal("acme/m1", ADA)
    assert sealed == Sealed()
    with pytest.raises(NotOpened, match="ITHACA_DEAD_LETTER_KEY was not set"):
        ContentSealer().open("acme/m1", sealed)


@pytest.mark.parametrize("about", ["other/m1", "acme/m2"])
def test_what_belongs_to_one_message_does_not_open_as_another(about: str) -> None:
    sealer = ContentSealer([OLD])
    with pytest.raises(NotOpened, match="changed since they were sealed"):
        sealer.open(about, sealer.seal("acme/m1", ADA))
