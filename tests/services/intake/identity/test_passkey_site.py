"""Passkeys are for the address that browsers have for this system, and for the pages beside it that may ask it."""

from pathlib import Path

import pytest

from services.intake.identity.passkey_site import PasskeysNotSetUp, Site
from services.intake.settings import IntakeSettings


def site(folder: Path, **settings: str) -> Site:
    return Site.of(IntakeSettings.model_validate({"signing_key_file": folder / "keys.json"} | settings))


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"public_url": "https://intake.example.org"}, Site("intake.example.org", ("https://intake.example.org",))),
        ({"public_url": "https://Intake.Example.org:443"}, Site("intake.example.org", ("https://intake.example.org",))),
        (
            {"issuer": "https://intake.example.org:8443/x"},
            Site("intake.example.org", ("https://intake.example.org:8443",)),
        ),
        ({"public_url": "http://localhost:8001"}, Site("localhost", ("http://localhost:8001",))),
        (
            {
                "public_url": "https://intake.example.org",
                "passkey_domain": "example.org",
                "cors_origins": "https://console.example.org, https://other.org, https://myexample.org",
            },
            Site("example.org", ("https://intake.example.org", "https://console.example.org")),
        ),
        (
            {"public_url": "http://localhost:8001", "cors_origins": "http://localhost:8006"},
            Site("localhost", ("http://localhost:8001", "http://localhost:8006")),
        ),
    ],
    ids=str,
)
def test_the_public_address_says_for_which_pages_passkeys_are(
    tmp_path: Path, settings: dict[str, str], found: Site
) -> None:
    assert site(tmp_path, **settings) == found


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"public_url": "https://10.0.0.1"},
        {"public_url": "https://[2001:db8::1]:8443"},
        {"public_url": "http://intake.example.org"},
        {"public_url": "https://intake.example.org", "passkey_domain": "example.com"},
        {"public_url": "https://intake.example.org", "passkey_domain": "ample.org"},
    ],
    ids=str,
)
def test_an_address_for_which_browsers_make_no_passkeys_says_what_to_set(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    with pytest.raises(PasskeysNotSetUp, match="ITHACA_PUBLIC_URL"):
        site(tmp_path, **settings)
