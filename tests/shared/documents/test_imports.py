"""The page on what is read says what the reader does, in all of its fields."""

from pathlib import Path

import pytest

from shared.documents import imports
from shared.documents.imports import imports_page
from shared.documents.places import IMPORTS
from shared.vocabulary.answers import Answers
from shared.vocabulary.no_answers import NO_ANSWERS


def test_the_page_is_up_to_date() -> None:
    assert IMPORTS.read_text() == imports_page()


def test_every_field_of_an_application_is_on_it() -> None:
    page = imports_page()
    assert [name for name in set(Answers._fields) - {"place"} if f"\n### {name}\n" not in page] == []


def test_it_changes_with_the_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "NO_ANSWERS", {**NO_ANSWERS, "English": ("nichevo",)})
    assert "nichevo" in imports_page()


def test_what_it_shows_is_what_the_reader_makes_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = imports.SOURCE.read_text("utf-8").replace('"90 min"', '"75 min"')
    (tmp_path / "imports.toml").write_text(source, "utf-8")
    monkeypatch.setattr(imports, "SOURCE", tmp_path / "imports.toml")
    assert "| `75 min` | 1.25 | `understood` |" in imports_page()
