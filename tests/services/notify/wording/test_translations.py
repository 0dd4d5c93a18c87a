"""Every letter says in every language what it says in English: with the same values, to the same links."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from jinja2 import Environment, nodes
from pydantic import JsonValue

from services.notify.catalog.message import every_message
from services.notify.wording.renderer import CATALOG, LAYOUTS, PARTS, TEMPLATES, render
from shared.contracts.members import MemberRole

TRANSLATIONS = ("de", "it")
FILES = [f"{name}/{{}}/{part}" for name in every_message() for part in PARTS]
SHARED = sorted(path.name for path in (LAYOUTS / "en").iterdir())
CRITERIA = ("areas", "programming_languages", "goals", "experience", "zone")

translated = pytest.mark.parametrize("language", TRANSLATIONS)
each_letter = pytest.mark.parametrize("letter", every_message())


def parsed(source: str) -> nodes.Template:
    """The source of a template as a tree."""
    return Environment(autoescape=True).parse(source)


def values_of(template: nodes.Template) -> set[str]:
    """What a template reads, such as `partner.name`."""
    names = {name.name for name in template.find_all(nodes.Name) if name.ctx == "load"}
    return names | {f"{dotted(get.node)}.{get.attr}" for get in template.find_all(nodes.Getattr)}


def dotted(node: nodes.Node) -> str:
    """The name of a value, with that of what it is part of."""
    return f"{dotted(node.node)}.{node.attr}" if isinstance(node, nodes.Getattr) else getattr(node, "name", "")


def codes_of(template: nodes.Template) -> set[str]:
    """The codes that a template tells apart, such as those of reasons."""
    compared = [constant for compare in template.find_all(nodes.Compare) for constant in compare.find_all(nodes.Const)]
    return {constant.value for constant in compared if isinstance(constant.value, str)}


def cases(letter: str) -> Iterator[dict[str, Any]]:
    """The example of a letter as every role reads it, for every code that its English texts know and one more."""
    example = every_message()[letter].example
    codes = set().union(*(codes_of(parsed((CATALOG / letter / "en" / part).read_text())) for part in PARTS))
    reasons = [*sorted(codes - set(MemberRole)), "other"] if "reason" in example else [""]
    for role, reason in product(MemberRole, reasons):
        yield example | {"role": role.value, "reason": reason}


def links(written: str) -> list[str]:
    """All addresses, in their order."""
    return re.findall(r"(?:https?://|mailto:)[^\s\"<]+[^\s\"<.]", written)


def phrases(written: str) -> set[str]:
    """The lines of a text, or what stands between the tags of HTML."""
    return {phrase.strip() for phrase in re.split(r"<[^>]*>|\n", written)}


def written_out(source: str) -> set[str]:
    """The words that stand in a template itself, between its values."""
    return {words for words in phrases(re.sub(r"{[{%].*?[}%]}", "\n", source)) if re.search(r"\w", words)}


def said_by_values(values: dict[str, Any]) -> set[str]:
    """What is the same in every language: names, places, links and codes."""
    members = [values, values.get("partner", {}), values.get("session", {})]
    facts = {fact for member in members for fact in member.values() if isinstance(fact, str)}
    place = ", ".join(filter(None, (values["program"], values["organization"])))
    return facts | {place, "", "--", "."}


def test_there_are_letters_in_these_languages() -> None:
    assert TEMPLATES.languages == ("en", *TRANSLATIONS)


@translated
@pytest.mark.parametrize("file", FILES)
def test_a_translation_reads_the_same_values_and_tells_the_same_codes_apart(file: str, language: str) -> None:
    english, other = (parsed((CATALOG / file.format(folder)).read_text()) for folder in ("en", language))
    assert values_of(other) == values_of(english)
    assert codes_of(other) >= codes_of(english)


@translated
@pytest.mark.parametrize("name", SHARED)
def test_what_letters_share_reads_the_same_values_in_every_language(name: str, language: str) -> None:
    english, other = (parsed((LAYOUTS / folder / name).read_text()) for folder in ("en", language))
    assert values_of(other) - {"names", "names.get"} == values_of(english)


@translated
@each_letter
def test_a_translation_leads_where_the_english_letter_leads(letter: str, language: str) -> None:
    for values in cases(letter):
        english, other = render(letter, "en", values), render(letter, language, values)
        assert links(other.text) == links(english.text)
        assert links(other.html) == links(english.html)
        assert other.html.count("<p") == english.html.count("<p")


@translated
@pytest.mark.parametrize("file", FILES)
def test_no_words_of_a_template_are_left_in_english(file: str, language: str) -> None:
    english, other = ((CATALOG / file.format(folder)).read_text() for folder in ("en", language))
    assert written_out(other).isdisjoint(written_out(english))


@translated
@each_letter
def test_no_phrase_of_a_letter_is_left_in_english(letter: str, language: str) -> None:
    for values in cases(letter):
        english, other = render(letter, "en", values), render(letter, language, values)
        assert other.subject != english.subject
        assert phrases(other.text) & phrases(english.text) <= said_by_values(values)
        assert phrases(other.html) & phrases(english.html) <= said_by_values(values)


@translated
@each_letter
def test_a_translation_shouts_at_nobody(letter: str, language: str) -> None:
    for values in cases(letter):
        written = render(letter, language, values)
        assert "!" not in written.subject + written.text


@translated
@pytest.mark.parametrize("criterion", CRITERIA)
def test_a_reason_names_its_criterion_in_the_language_of_the_letter(criterion: str, language: str) -> None:
    reasons: list[JsonValue] = [{"criterion": criterion, "words": [], "hours_apart": None}]
    values = every_message()["match_proposed_to_mentee"].example | {"reasons": reasons}
    english, other = (
        [line for line in render("match_proposed_to_mentee", each, values).text.splitlines() if line.startswith("- ")]
        for each in ("en", language)
    )
    assert len(other) == 1
    assert other != english


@pytest.mark.parametrize(
    ("language", "hours", "written"),
    [
        ("de", 0, "- Zeitzone: dieselbe Uhrzeit"),
        ("de", 1, "- Zeitzone: 1 Stunde Unterschied"),
        ("de", 5.5, "- Zeitzone: 5,5 Stunden Unterschied"),
        ("it", 0, "- Fuso orario: la stessa ora"),
        ("it", 1, "- Fuso orario: 1 ora di differenza"),
        ("it", 5.5, "- Fuso orario: 5,5 ore di differenza"),
    ],
)
def test_hours_are_counted_in_the_manner_of_the_language(language: str, hours: float, written: str) -> None:
    reasons: list[JsonValue] = [{"criterion": "zone", "words": [], "hours_apart": hours}]
    values = every_message()["match_proposed_to_mentor"].example | {"reasons": reasons}
    assert written in render("match_proposed_to_mentor", language, values).text.splitlines()
