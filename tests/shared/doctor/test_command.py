"""`python -m services.<name> doctor`: its words, its exit status, and settings that are wrong."""

import io
import logging
from collections.abc import Iterator

import pytest

from shared.doctor.command import doctor, progress, wants_color
from shared.doctor.finding import Examined, Level, Part
from tests.shared.doctor.trial import assemble, shop


class Terminal(io.StringIO):
    """Somebody watches."""

    def isatty(self) -> bool:
        """See io."""
        return True


@pytest.fixture(autouse=True)
def loud() -> Iterator[None]:
    """The command silences the logs of its process."""
    yield
    logging.disable(logging.NOTSET)


def test_a_word_that_is_not_known_ends_it_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor(shop, assemble, ["--yaml"]) == 2
    assert capsys.readouterr().err == "doctor takes no other word than --json: --yaml\n"


def test_wrong_settings_are_told_and_what_needs_them_is_not_looked_at(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ITHACA_ROLE", "boss")
    monkeypatch.setenv("ITHACA_CELLS", "acme")
    assert doctor(shop, assemble, []) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "wrong ITHACA_ROLE Input should be 'api', 'worker' or 'all'; it is 'boss'" in shown
    assert "wrong ITHACA_CELLS unknown; did you mean ITHACA_CELL?" in shown
    assert shown.count("was not looked at: put the settings right first") == 3
    assert "ITHACA_ROLE, ITHACA_CELLS: Set it where" in shown


def test_programs_get_the_same_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ITHACA_ROLE", "boss")
    assert doctor(shop, assemble, ["--json"]) == 1
    found = Examined.model_validate_json(capsys.readouterr().out)
    assert (found.services, found.findings[0].name) == (["shop"], "ITHACA_ROLE")
    assert {(one.part, one.level) for one in found.findings[1:]} == {
        (part, Level.WARNING) for part in Part if part is not Part.SETTINGS
    }


def test_what_is_looked_at_is_told_on_one_line_where_somebody_watches() -> None:
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        tell = progress(stream)
        tell("looks at the broker ...")
        tell("")
    assert terminal.getvalue() == "\r\x1b[Klooks at the broker ...\r\x1b[K"
    assert file.getvalue() == ""


def test_there_are_colors_in_a_terminal_only_and_not_against_a_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert wants_color(Terminal())
    assert not wants_color(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_color(Terminal())
