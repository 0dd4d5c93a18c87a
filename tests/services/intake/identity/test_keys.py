"""The file of keys: made, rotated, refused."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, KeySet, OKPKey

from services.intake.identity.keys import SigningKeys, check_keys, make_keys
from services.intake.settings import IntakeSettings
from shared.settings import SettingsWrong


def write(file: Path, *keys: ECKey | OKPKey, private: bool = True) -> None:
    file.write_text(json.dumps(KeySet(list(keys)).as_dict(private=private)))


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


def test_a_missing_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    newest = SigningKeys(file).newest
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]
    assert SigningKeys(file).newest.kid == newest.kid


def test_who_comes_second_in_making_the_file_takes_the_first_ones_key(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    make_keys(file)
    first = file.read_bytes()
    make_keys(file)
    assert file.read_bytes() == first


def test_the_last_key_signs_and_all_are_published_without_their_private_halves(tmp_path: Path) -> None:
    file, old, new = tmp_path / "keys.json", new_key(), new_key()
    write(file, old, new)
    keys = SigningKeys(file)
    assert keys.newest.kid == new.kid
    assert [key["kid"] for key in keys.published()["keys"]] == [old.kid, new.kid]
    assert not any("d" in key for key in keys.published()["keys"])


def test_a_key_that_is_appended_signs_without_a_restart(tmp_path: Path) -> None:
    file, old, new = tmp_path / "keys.json", new_key(), new_key()
    write(file, old)
    keys = SigningKeys(file)
    assert keys.newest.kid == old.kid
    replaced = tmp_path / "next.json"
    write(replaced, old, new)
    replaced.replace(file)
    assert keys.newest.kid == new.kid


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"keys": []}', '{"keys": 3}', '{"keys": [{"kty": "EC"}]}'])
def test_a_file_that_holds_no_keys_is_a_wrong_setting(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "keys.json"
    file.write_text(content)
    monkeypatch.setenv("ITHACA_SIGNING_KEY_FILE", str(file))
    with pytest.raises(SettingsWrong, match=r"ITHACA_SIGNING_KEY_FILE: .*keys\.json"):
        IntakeSettings.load()


def test_keys_of_another_kind_and_public_ones_cannot_sign(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    write(file, OKPKey.generate_key("Ed25519"))
    with pytest.raises(ValueError, match="EC keys"):
        check_keys(file)
    write(file, ECKey.generate_key("P-384"))
    with pytest.raises(ValueError, match="P-256"):
        check_keys(file)
    write(file, new_key(), private=False)
    with pytest.raises(ValueError, match="private"):
        check_keys(file)


def test_a_file_in_a_folder_that_does_not_exist_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="create its folder"):
        check_keys(tmp_path / "nowhere" / "keys.json")


def test_a_short_secret_of_the_operator_is_a_wrong_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITHACA_SIGNING_KEY_FILE", str(tmp_path / "keys.json"))
    monkeypatch.setenv("ITHACA_OPERATOR_CLIENT_SECRET", "swordfish")
    with pytest.raises(SettingsWrong, match="ITHACA_OPERATOR_CLIENT_SECRET") as wrong:
        IntakeSettings.load()
    assert "swordfish" not in str(wrong.value)
