"""E-mail addresses: the cases that others got wrong."""

import pytest

from shared.vocabulary.emails import email_key, understand_email
from shared.vocabulary.findings import Kind


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("User+t@EXAMPLE.com", "User+t@example.com"),
        ("user@münchen.de", "user@münchen.de"),
        ("user@xn--mnchen-3ya.de", "user@münchen.de"),
        ("jörg@müller.de", "jörg@müller.de"),
        ("jo\u0308rg@mu\u0308ller.de", "jörg@müller.de"),
        (f"{'a' * 64}@x.org", f"{'a' * 64}@x.org"),
        (" ann@x.org\n", "ann@x.org"),
    ],
)
def test_an_address_is_normalized_and_keeps_its_spelling(given: str, address: str) -> None:
    assert understand_email(given).value == address


@pytest.mark.parametrize(
    "given",
    ["", "ann", "a..b@x.org", "x@localhost", "a\u200bb@x.org", "a@x.org\nBcc: b@x.org", f"{'a' * 65}@x.org",
     "Ann <ann@x.org>", "a@x.org, b@x.org", f"a@{'x' * 300}.org", "a@x\0.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_reason(given: str) -> None:
    address, (note,) = understand_email(given)
    assert address is None
    assert note.kind is Kind.REFUSED
    assert note.sentence.endswith(".")


@pytest.mark.parametrize("other", ["alice@g.com", "ALICE@G.COM", "Alice@g.com"])
def test_addresses_are_compared_without_case(other: str) -> None:
    addresses = [understand_email(given).value for given in ("Alice@g.com", other)]
    assert len({email_key(address) for address in addresses if address}) == 1


def test_a_formula_for_an_address_gets_a_remark() -> None:
    address, (note,) = understand_email("=cmd@x.org")
    assert address == "=cmd@x.org"
    assert note.kind is Kind.UNDERSTOOD
