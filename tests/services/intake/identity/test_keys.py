"""The file of keys: made, rotated, refused."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, KeySet, OKPKey
from structlog.testing import capture_logs
from typer.testing import CliRunner

from deploy.operate.keys import app
from services.intake.identity.keys import (
    PUBLISHED_FIRST,
    STAYS,
    RotationUnderWay,
    SigningKeys,
    check_keys,
    make_keys,
    read_keys,
    rotate_keys,
)
from services.intake.settings import IntakeSettings
from shared.observe import metrics
from shared.settings import SettingsWrong
from tests.services.intake.builders import NOW

MOMENT = timedelta(milliseconds=1)


def write(file: Path, *keys: ECKey | OKPKey, private: bool = True) -> None:
    file.write_text(json.dumps(KeySet(list(keys)).as_dict(private=private)))


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


def test_a_missing_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    newest = SigningKeys(file).signing(NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]
    assert SigningKeys(file).signing(NOW).kid == newest.kid


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
    assert keys.signing(NOW).kid == new.kid
    assert [key["kid"] for key in keys.published()["keys"]] == [old.kid, new.kid]
    assert not any("d" in key for key in keys.published()["keys"])


def test_a_key_that_is_appended_signs_without_a_restart(tmp_path: Path) -> None:
    file, old, new = tmp_path / "keys.json", new_key(), new_key()
    write(file, old)
    keys = SigningKeys(file)
    assert keys.signing(NOW).kid == old.kid
    replaced = tmp_path / "next.json"
    write(replaced, old, new)
    replaced.replace(file)
    assert keys.signing(NOW).kid == new.kid


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


BROKEN: dict[str, Callable[[str], str]] = {
    "truncated": lambda text: text[: len(text) // 2],
    "mistyped": lambda text: text.replace('"keys"', '"kyes"'),
    "empty": lambda _: "",
    "of another kind": lambda _: json.dumps(KeySet([OKPKey.generate_key("Ed25519")]).as_dict(private=True)),
    "public": lambda _: json.dumps(KeySet([new_key()]).as_dict(private=False)),
    "no text": lambda _: "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "of a time that cannot be": lambda text: text.replace('"kty"', '"made_at": 1e99, "kty"'),
    "twice the same": lambda text: json.dumps({"keys": json.loads(text)["keys"] * 2}),
}


def is_told() -> bool:
    return b"ithaca_signing_keys_unreadable 1.0" in metrics.text()


@pytest.mark.parametrize("broken", BROKEN)
def test_a_file_that_was_broken_leaves_the_last_good_keys_and_is_told(broken: str, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    keys = SigningKeys(file)
    good, text = keys.signing(NOW).kid, file.read_text()
    with capture_logs() as logs:
        file.write_text(BROKEN[broken](text))
        assert [keys.signing(NOW).kid for _ in range(3)] == [good] * 3
        assert [key["kid"] for key in keys.published()["keys"]] == [good]
    assert [(line["event"], line["log_level"]) for line in logs] == [("keys.unreadable", "error")]
    assert str(file) in logs[0]["reason"]
    assert is_told()
    with pytest.raises(ValueError, match=r"keys\.json"):
        check_keys(file)
    file.write_text(text)
    assert keys.signing(NOW).kid == good
    assert not is_told()


def test_a_file_that_is_gone_leaves_the_last_keys_and_is_told_until_it_is_back(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    keys = SigningKeys(file)
    good = keys.signing(NOW).kid
    file.rename(tmp_path / "away.json")
    assert (keys.signing(NOW).kid, is_told()) == (good, True)
    (tmp_path / "away.json").rename(file)
    assert (keys.signing(NOW).kid, is_told()) == (good, False)


def test_a_key_that_is_added_is_published_at_once_and_signs_in_a_quarter_of_an_hour(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    keys = SigningKeys(file)
    old = keys.signing(NOW).kid
    new = rotate_keys(file, NOW)[-1].key.kid
    assert [key["kid"] for key in keys.published()["keys"]] == [old, new]
    assert not any("made_at" in key or "d" in key for key in keys.published()["keys"])
    assert [keys.signing(NOW + PUBLISHED_FIRST + by).kid for by in (-MOMENT, MOMENT - MOMENT)] == [old, new]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_second_key_is_not_added_while_the_first_one_waits(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    make_keys(file)
    rotate_keys(file, NOW)
    before = file.read_bytes()
    with pytest.raises(RotationUnderWay, match="which signs from"):
        rotate_keys(file, NOW + PUBLISHED_FIRST - MOMENT)
    assert file.read_bytes() == before


@pytest.mark.parametrize(("later", "count"), [(PUBLISHED_FIRST, 3), (PUBLISHED_FIRST + STAYS, 2)])
def test_a_key_is_taken_out_when_no_token_of_it_is_left(later: timedelta, count: int, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    make_keys(file)
    rotate_keys(file, NOW)
    assert len(rotate_keys(file, NOW + later)) == count


def test_keys_that_are_rotated_by_hand_work_as_before(tmp_path: Path) -> None:
    file, old, new = tmp_path / "keys.json", new_key(), new_key()
    write(file, new, old)
    keys = SigningKeys(file)
    assert keys.signing(NOW).kid == old.kid
    write(file, old, new)
    assert keys.signing(NOW).kid == new.kid


def run(*words: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, words)
    return found.exit_code, found.output


def test_the_commands_make_check_and_rotate_a_file(tmp_path: Path) -> None:
    file = str(tmp_path / "keys.json")
    assert run("make", file)[0] == 0
    assert run("make", file) == (1, f"{file} is there already: `ithaca keys rotate {file}` adds a key to it\n")
    (old,) = read_keys(Path(file))
    code, said = run("check", file)
    assert (code, f"{old.key.kid} signs\n" in said, "rotate it" in said) == (0, True, True)
    code, said = run("rotate", file)
    assert (code, f"{old.key.kid} signs\n" in said, "and signs from" in said) == (0, True, True)
    code, said = run("rotate", file)
    assert (code, said.startswith("a key was added already, which signs from")) == (1, True)


@pytest.mark.parametrize("command", ["check", "rotate"])
def test_the_commands_say_what_is_wrong_with_a_file(command: str, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{")
    code, said = run(command, str(tmp_path / "keys.json"))
    assert (code, "is no JWK Set with EC keys" in said) == (1, True)
    code, said = run(command, str(tmp_path / "nowhere.json"))
    assert (code, "nowhere.json" in said) == (1, True)
