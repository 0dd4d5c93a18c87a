import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from jinja2 import TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from services.notify.catalog.message import every_message
from services.notify.wording.renderer import CATALOG, LAYOUTS, TEMPLATES, Templates, TemplatesMissing, render

EXAMPLES: dict[str, Any] = {name: message.example for name, message in every_message().items()}
LETTERS = list(EXAMPLES)

in_every_language = pytest.mark.parametrize("language", TEMPLATES.languages)


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A copy of the catalog, to be spoiled."""
    return Path(shutil.copytree(CATALOG, tmp_path / "catalog", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def layouts(tmp_path: Path) -> Path:
    """A copy of what messages share, to be spoiled."""
    return Path(shutil.copytree(LAYOUTS, tmp_path / "layouts"))


def leaves(value: Any) -> Iterator[Any]:
    """All that is not a list or an object."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def attacked(value: Any) -> Any:
    """The same values, with a tag and a line break in every text that is not a time, a zone or a code."""
    if isinstance(value, dict):
        spared = {"time_zone", "role", "link", "criterion"}
        return {
            name: item if name in spared or name.endswith(("_at", "_by")) else attacked(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [attacked(item) for item in value]
    return f"{value}\n\n<b>{{{{ 7 }}}}"


@in_every_language
@pytest.mark.parametrize("template", LETTERS)
def test_every_example_renders_to_a_subject_a_text_and_html(template: str, language: str) -> None:
    message = render(template, language, EXAMPLES[template])
    assert message.subject
    assert "\n" not in message.subject
    greeting, _, _ = message.text.partition("\n\n")
    assert greeting.endswith(f" {EXAMPLES[template]['recipient']['name']},")
    assert "\n\n\n" not in message.text
    assert message.html.startswith("<!doctype html>")
    for syntax in ("{{", "{%", "Undefined"):
        assert syntax not in message.subject + message.text + message.html


@in_every_language
@pytest.mark.parametrize("template", LETTERS)
def test_text_and_html_tell_the_same_facts(template: str, language: str) -> None:
    message = render(template, language, EXAMPLES[template])
    facts = [fact for fact in leaves(EXAMPLES[template]) if isinstance(fact, str) and fact in message.text]
    assert len(facts) > 2
    for fact in facts:
        assert escape(fact) in message.html


@in_every_language
@pytest.mark.parametrize("template", LETTERS)
def test_what_people_wrote_is_escaped_and_stays_on_its_line(template: str, language: str) -> None:
    message = render(template, language, attacked(EXAMPLES[template]))
    assert "<b>" not in message.html
    assert "&lt;b&gt;{{ 7 }}" in message.html
    assert "\n\n<b>" not in message.text
    assert "\n" not in message.subject


@in_every_language
@pytest.mark.parametrize("template", LETTERS)
def test_a_value_that_is_missing_is_an_error_and_not_a_gap(template: str, language: str) -> None:
    for name in EXAMPLES[template]:
        with pytest.raises(UndefinedError, match=f"'{name}' is undefined"):
            render(template, language, {key: value for key, value in EXAMPLES[template].items() if key != name})


@in_every_language
@pytest.mark.parametrize("template", [template for template in LETTERS if "link" in EXAMPLES[template]])
def test_a_message_can_do_without_a_link(template: str, language: str) -> None:
    message = render(template, language, EXAMPLES[template] | {"link": None})
    assert "None" not in message.text + message.html
    assert "\n\n\n" not in message.text


@in_every_language
@pytest.mark.parametrize("template", LETTERS)
def test_html_is_readable_by_night_and_without_pictures(template: str, language: str) -> None:
    html = render(template, language, EXAMPLES[template]).html
    assert f'<html lang="{language}">' in html
    for unwanted in ("<img", "<script", "background", " color:", "<link"):
        assert unwanted not in html


def test_times_are_those_of_the_person_and_name_the_zone() -> None:
    values = EXAMPLES["session_scheduled"]
    berlin = render("session_scheduled", "en", values)
    assert "Monday, March 29, 2027, 9:00 AM - 10:00 AM (Europe/Berlin, GMT+02:00)" in berlin.text
    recipient = {"name": "Noor", "time_zone": "America/New_York"}
    new_york = render("session_scheduled", "en", values | {"recipient": recipient})
    assert "Monday, March 29, 2027, 3:00 AM - 4:00 AM (America/New_York, GMT-04:00)" in new_york.text


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "written"),
    [
        (
            "2027-03-28T21:30:00Z",
            "2027-03-28T22:30:00Z",
            "March 28, 2027, 11:30 PM (Europe/Berlin, GMT+02:00) - Monday",
        ),
        ("2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "2:30 AM (Europe/Berlin, GMT+02:00) - Sunday, October 31"),
    ],
)
def test_a_session_over_midnight_or_a_change_of_the_clocks_has_two_whole_times(
    starts_at: str, ends_at: str, written: str
) -> None:
    session = {"starts_at": starts_at, "ends_at": ends_at, "where": ""}
    message = render("session_scheduled", "en", EXAMPLES["session_scheduled"] | {"session": session})
    assert written in message.text


def test_a_time_without_an_offset_is_refused_with_a_remedy() -> None:
    values = EXAMPLES["match_proposed_to_mentee"] | {"answer_by": "2027-03-22T08:00:00"}
    with pytest.raises(ValueError, match="add its offset, such as 2027-03-22T08:00:00Z"):
        render("match_proposed_to_mentee", "en", values)


def test_dates_follow_the_region_of_the_reader() -> None:
    message = render("session_scheduled", "en-GB", EXAMPLES["session_scheduled"])
    assert "Monday, 29 March 2027, 09:00 - 10:00 (Europe/Berlin, GMT+02:00)" in message.text


@pytest.mark.parametrize("locale", ["fr-FR", "xx", "", "../de", "de_AT"])
def test_a_language_without_templates_gets_english_with_english_dates(locale: str) -> None:
    values = EXAMPLES["session_scheduled"]
    assert render("session_scheduled", locale, values) == render("session_scheduled", "en", values)


def test_a_language_is_added_with_a_folder_in_every_message(catalog: Path, layouts: Path) -> None:
    shutil.copytree(layouts / "en", layouts / "fr")
    for template in LETTERS:
        shutil.copytree(catalog / template / "en", catalog / template / "fr")
    (catalog / "session_reminder" / "fr" / "subject.txt").write_text("Bientôt : {{ session.starts_at | moment }}")
    templates = Templates(catalog, layouts)
    assert templates.languages == ("en", "de", "fr", "it")
    assert templates.best_locale("fr-BE", "de") == "fr-BE"
    message = templates.render("session_reminder", "fr-BE", EXAMPLES["session_reminder"])
    assert message.subject == "Bientôt : lundi 29 mars 2027, 09:00 (Europe/Berlin, UTC+02:00)"
    assert '<html lang="fr">' in message.html


def test_a_message_is_added_with_a_folder(catalog: Path) -> None:
    shutil.copytree(catalog / "match_declined", catalog / "match_postponed")
    (catalog / "match_postponed" / "en" / "subject.txt").write_text("Later")
    assert Templates(catalog).render("match_postponed", "en", EXAMPLES["match_declined"]).subject == "Later"


def test_a_missing_template_is_named_when_they_are_loaded(catalog: Path) -> None:
    (catalog / "match_accepted" / "en" / "body.html").unlink()
    with pytest.raises(TemplatesMissing, match=r"match_accepted/en/body\.html"):
        Templates(catalog)


@pytest.mark.parametrize("begun", ["layouts/fr", "catalog/session_reminder/fr"])
def test_a_language_that_is_half_translated_is_refused(catalog: Path, layouts: Path, begun: str) -> None:
    (catalog.parent / begun).mkdir()
    with pytest.raises(TemplatesMissing, match=r"application_approved/fr/body\.html, application_approved/fr/.*"):
        Templates(catalog, layouts)


@pytest.mark.parametrize(
    "file", ["catalog/match_accepted/en/body.txt", "layouts/en/layout.html", "layouts/en/reasons.txt"]
)
def test_a_broken_template_is_found_when_they_are_loaded(catalog: Path, layouts: Path, file: str) -> None:
    (catalog.parent / file).write_text("{% if %}")
    with pytest.raises(TemplateSyntaxError):
        Templates(catalog, layouts)


@pytest.mark.parametrize("expression", ["10 ** 10000000", "'a' * 10000000000", "partner.clear()", "''.__class__"])
def test_a_template_cannot_reach_out_of_its_sandbox(catalog: Path, expression: str) -> None:
    (catalog / "match_declined" / "en" / "subject.txt").write_text("{{ " + expression + " }}")
    with pytest.raises(SecurityError):
        Templates(catalog).render("match_declined", "en", EXAMPLES["match_declined"])


def test_a_template_cannot_switch_escaping_off(catalog: Path) -> None:
    (catalog / "match_declined" / "en" / "body.html").write_text("{{ partner.name | safe }}")
    with pytest.raises(TemplateSyntaxError, match="safe"):
        Templates(catalog)
