"""What a mail says follows from its request and a key, for everybody who has the key, and for nobody else."""

import pytest

from shared.sign_in_secrets import Requested, SignInSecrets

OLD, NEW = b"o" * 32, b"n" * 32
REQUEST = Requested("acme", "r1")
OTHERS = [Requested("acme", "r2"), Requested("beta", "r1")]


def test_two_who_have_a_key_in_common_derive_the_same() -> None:
    one, other = SignInSecrets([OLD]), SignInSecrets([OLD])
    assert (one.link(REQUEST), one.code(REQUEST)) == (other.link(REQUEST), other.code(REQUEST))


def test_a_code_has_six_digits_and_a_link_names_its_request() -> None:
    secrets = SignInSecrets([OLD])
    codes = {secrets.code(Requested("acme", f"r{number}")) for number in range(500)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 490
    tenant, id, secret = secrets.link(REQUEST).split(".")
    assert (tenant, id, len(secret)) == ("acme", "r1", 43)


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_derived_is_good_for_its_request_only(other: Requested) -> None:
    secrets = SignInSecrets([OLD])
    secret = secrets.link(REQUEST).rpartition(".")[2]
    assert (secrets.is_link(secret, REQUEST), secrets.is_code(secrets.code(REQUEST), REQUEST)) == (True, True)
    assert (secrets.is_link(secret, other), secrets.is_code(secrets.code(REQUEST), other)) == (False, False)


def test_another_key_knows_nothing_of_it() -> None:
    secret, code = SignInSecrets([OLD]).link(REQUEST).rpartition(".")[2], SignInSecrets([OLD]).code(REQUEST)
    other = SignInSecrets([NEW])
    assert (other.is_link(secret, REQUEST), other.is_code(code, REQUEST)) == (False, False)


def test_what_an_older_key_has_derived_still_counts() -> None:
    rotated = SignInSecrets([NEW, OLD])
    assert rotated.code(REQUEST) == SignInSecrets([NEW]).code(REQUEST)
    assert rotated.is_code(SignInSecrets([OLD]).code(REQUEST), REQUEST)


def test_words_that_run_together_are_not_the_same_words() -> None:
    secrets = SignInSecrets([OLD])
    assert secrets.secret("refresh", "ab", "c") != secrets.secret("refresh", "a", "bc")


@pytest.mark.parametrize("shown", ["", "größer", "000000 ", "x" * 10_000])
def test_whatever_is_shown_is_compared_and_fails_nothing(shown: str) -> None:
    assert not SignInSecrets([OLD]).is_code(shown, REQUEST)
