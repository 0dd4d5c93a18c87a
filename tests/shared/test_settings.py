"""Settings are taken as they are written; what is wrong or unknown is named with what is needed, and not shown."""

import re
from base64 import b64encode
from importlib.metadata import version
from pathlib import Path

import pytest

from deploy.local.settings import LocalSettings
from deploy.operate.target import TargetSettings
from shared.installed import installed_services
from shared.settings import OF_SOME, PREFIX, Settings, SettingsWrong

DEPLOY = Path(__file__).parents[2] / "deploy"

OLD, NEW = bytes(range(32)), bytes(range(1, 33))


def test_the_first_key_is_the_one_that_seals_and_older_ones_may_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITHACA_DEAD_LETTER_KEY", f"{b64encode(NEW).decode()}, {b64encode(OLD).decode()}")
    found = Settings.load()
    assert found.dead_letter_keys == [NEW, OLD]
    assert b64encode(NEW).decode() not in repr(found)


def test_there_may_be_none() -> None:
    assert Settings.load().dead_letter_keys == []


@pytest.mark.parametrize("wrong", ["short", "c2hvcnQ=", "not base64!", b64encode(OLD).decode() + ",c2hvcnQ="])
def test_what_is_no_key_is_refused_with_the_remedy_and_not_shown(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITHACA_DEAD_LETTER_KEY", wrong)
    with pytest.raises(SettingsWrong, match=r"ITHACA_DEAD_LETTER_KEY: .*needs 32 bytes in base64, such as") as refused:
        Settings.load()
    assert wrong not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ITHACA_KAFKA_BOOTSTRAPS", "unknown; did you mean ITHACA_KAFKA_BOOTSTRAP?"),
        ("ITHACA_SMTP_HOSTS", "unknown; did you mean ITHACA_SMTP_HOST?"),
        ("ITHACA_XYZZY", "unknown; take it away"),
    ],
)
def test_a_setting_that_nobody_knows_is_refused_with_a_suggestion(
    name: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "hush")
    with pytest.raises(SettingsWrong) as refused:
        Settings.load()
    assert str(refused.value) == f"{name}: {sentence}"


def test_settings_of_other_services_and_of_command_lines_are_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OF_SOME:
        monkeypatch.setenv(name, "something")
    Settings.load()


def test_all_settings_of_command_lines_are_known_and_none_that_nobody_has() -> None:
    own = {name for service in installed_services() for name in service.settings.names()}
    lines = {PREFIX + name.upper() for model in (LocalSettings, TargetSettings) for name in model.model_fields}
    assert lines - set(Settings.names()) <= OF_SOME <= (own | lines) - set(Settings.names())


def test_a_process_for_several_services_knows_the_settings_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    class WeatherSettings(Settings):
        station: str = "harbor"

    monkeypatch.setenv("ITHACA_STATION", "hill")
    assert WeatherSettings.load().station == "hill"
    Settings.load()


def test_what_cells_tell_all_services_is_known_to_all() -> None:
    """An image has the code of one service, and does not know what the others may be told."""
    named = set(re.findall(r"^ITHACA_[A-Z_]+(?==)", (DEPLOY / "k8s/base/settings.env").read_text(), re.MULTILINE))
    assert named
    assert named <= OF_SOME.union(Settings.names())


def test_manifests_of_another_version_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITHACA_VERSION", version("ithaca"))
    Settings.load()
    monkeypatch.setenv("ITHACA_VERSION", "9.9.9")
    with pytest.raises(SettingsWrong, match=r"ITHACA_VERSION: .*this image is .*; it is '9\.9\.9'"):
        Settings.load()


@pytest.mark.parametrize(
    ("name", "wrong"), [("ITHACA_ROLE", "boss"), ("ITHACA_CELL", "Acme.one"), ("ITHACA_PORT", "x")]
)
def test_what_was_found_is_shown(name: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, wrong)
    with pytest.raises(SettingsWrong, match=rf"^{name}: .*; it is '{re.escape(wrong)}'$"):
        Settings.load()


@pytest.mark.parametrize("name", ["ITHACA_MONGO_URL", "ITHACA_KAFKA_PASSWORD", "ITHACA_DEAD_LETTER_KEY"])
def test_what_may_be_secret_is_not_shown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "hush")
    with pytest.raises(SettingsWrong) as refused:
        Settings.load()
    assert str(refused.value).startswith(f"{name}: ")
    assert "hush" not in str(refused.value)
