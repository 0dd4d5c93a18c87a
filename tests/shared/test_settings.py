"""The keys that seal dead letters are taken as they are written, and refused when they are none."""

from base64 import b64encode

import pytest

from shared.settings import Settings, SettingsWrong

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
