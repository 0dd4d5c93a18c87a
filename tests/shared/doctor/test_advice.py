"""What the doctor says of intake's keys, without a broker or a database."""

from base64 import b64encode
from pathlib import Path

import pytest

from services.intake.identity.keys import make_keys
from services.intake.service import service
from shared.doctor.finding import Level
from shared.doctor.settings import look


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The signing keys of an intake whose settings are right."""
    found = tmp_path / "signing-keys.json"
    make_keys(found)
    monkeypatch.setenv("ITHACA_SIGNING_KEY_FILE", str(found))
    for name in ("ITHACA_SIGN_IN_KEY", "ITHACA_DEAD_LETTER_KEY"):
        monkeypatch.setenv(name, b64encode(b"k" * 32).decode())
    return found


def findings(level: Level) -> dict[str, str]:
    """What is found on that level, by what it is about."""
    return {one.name: one.found for one in look(service)[1] if one.level is level}


def test_settings_that_are_right_have_nothing_said_of_them(file: Path) -> None:
    assert (findings(Level.WRONG), findings(Level.WARNING)) == ({}, {})


def test_a_file_of_keys_that_is_truncated_is_wrong(file: Path) -> None:
    file.write_text(file.read_text()[:40])
    assert "is no JWK Set with EC keys" in findings(Level.WRONG)["ITHACA_SIGNING_KEY_FILE"]


def test_that_nobody_can_sign_in_by_mail_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ITHACA_SIGN_IN_KEY")
    assert findings(Level.WARNING) == {"ITHACA_SIGN_IN_KEY": "is not set: nobody signs in by e-mail"}
