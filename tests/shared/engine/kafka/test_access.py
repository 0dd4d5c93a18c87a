from pathlib import Path

import pytest

from shared.engine.kafka.access import access_of, options
from shared.settings import Settings, SettingsWrong


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SECURITY": "tls", "USERNAME": "acme.intake", "PASSWORD": "hush"}.items():
        monkeypatch.setenv(f"ITHACA_KAFKA_{name}", value)


def test_a_broker_without_access_control_is_spoken_to_in_the_clear() -> None:
    assert options(access_of(Settings())) == {}


@pytest.mark.usefixtures("given")
def test_a_name_and_a_password_go_by_scram_over_tls() -> None:
    found = options(access_of(Settings.load()))
    assert (found["security_protocol"], found["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert (found["sasl_plain_username"], found["sasl_plain_password"]) == ("acme.intake", "hush")
    assert found["ssl_context"].check_hostname


@pytest.mark.usefixtures("given")
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECURITY", "plain", "ITHACA_KAFKA_PASSWORD: .*set ITHACA_KAFKA_SECURITY to tls"),
        ("SECURITY", "ssl", "ITHACA_KAFKA_SECURITY: .*'plain' or 'tls'"),
        ("USERNAME", None, "ITHACA_KAFKA_PASSWORD: .*give ITHACA_KAFKA_USERNAME and this, or neither"),
        ("PASSWORD", None, "ITHACA_KAFKA_PASSWORD: .*give ITHACA_KAFKA_USERNAME and this, or neither"),
        ("CA_FILE", "nowhere.pem", "ITHACA_KAFKA_CA_FILE: Path does not point to a file"),
    ],
)
def test_what_does_not_go_together_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, sentence: str
) -> None:
    if value is None:
        monkeypatch.delenv(f"ITHACA_KAFKA_{name}")
    else:
        monkeypatch.setenv(f"ITHACA_KAFKA_{name}", value)
    with pytest.raises(SettingsWrong, match=sentence):
        Settings.load()


def test_a_file_of_those_who_vouch_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITHACA_KAFKA_SECURITY", "tls")
    monkeypatch.setenv("ITHACA_KAFKA_CA_FILE", str(tmp_path / "ca.pem"))
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(SettingsWrong, match=r"ITHACA_KAFKA_CA_FILE: .* holds no certificates"):
        access_of(Settings.load())
